"""Who sends a package: Ed25519 signatures, and public keys as people pass them on."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_PREFIX = "ed25519:"
_KEY_BYTES = 32


class SigningKey:
    """A municipality's private key. It is never printed: its text is the public key."""

    def __init__(self, private: bytes) -> None:
        # For the one file that holds it.
        self.private = private
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    @classmethod
    def generate(cls) -> SigningKey:
        """Make a new key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    def __repr__(self) -> str:
        return f"SigningKey({self.public})"

    @property
    def public(self) -> str:
        """The public key as receivers pin it: `ed25519:` and 32 bytes in base64."""
        raw = self._key.public_key().public_bytes_raw()
        return f"{_PREFIX}{base64.b64encode(raw).decode()}"

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some bytes, 64 bytes; the same bytes have the same."""
        return self._key.sign(content)

    def secret(self, purpose: str) -> bytes:
        """Return 32 bytes that only the holder of the key can know, others for each purpose."""
        return hmac.digest(self.private, f"samordna {purpose}".encode(), hashlib.sha256)


def public_bytes(text: str) -> bytes | None:
    """Return the 32 bytes of a public key as `SigningKey.public` writes it, or None."""
    if not text.startswith(_PREFIX):
        return None
    try:
        raw = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _KEY_BYTES else None


def is_signed(content: bytes, signature: bytes, public: str) -> bool:
    """Return whether the holder of a public key has signed these bytes."""
    raw = public_bytes(public)
    if raw is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
