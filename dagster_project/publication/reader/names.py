"""What things are called, in the languages that a publication has them in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """What a thing of the reference data is called in each language."""

    nb: str
    nn: str
    en: str

    def of(self, language: str) -> str:
        """Return the name in that language."""
        return {"nb": self.nb, "nn": self.nn, "en": self.en}[language]
