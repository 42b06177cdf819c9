"""A part of the page *Koordinatorer*: training that is open or overdue, and who never had any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dagster_project.publication.reader.reference import ALL
from dashboards.charts.bars import Bar
from dashboards.content import followup, selection
from dashboards.content.absence import not_delivered
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, part
from dashboards.content.shared import Picture
from dashboards.export.table import Holds, Table, table_of
from dashboards.i18n.texts import capitalised
from dashboards.queries import practice
from dashboards.queries.practice import Trained
from dashboards.view.state import View

TRAINING = "training_within_6_months"
NEEDS_RECORDS, TRAINED_RECORDS = ("kompetanse", "ansatt"), ("kompetanse", "koordinator")
# How dark each is drawn: what waits is what is looked for.
_STATUSES = {"overdue": 1.0, "open": 0.55, "late": 0.2, "in_time": 0.06}
_TOPICS_SHOWN = 8
# What a topic's needs have come to, by its name.
Topic = tuple[str, Mapping[str, int]]


@dataclass(frozen=True)
class Competence(PageData):
    """Everything that the part shows, read at once from one publication."""

    topics: tuple[Topic, ...]
    areas: tuple[Trained, ...]

    @property
    def whole(self) -> Mapping[str, int]:
        """All topics together."""
        return {
            status: sum(needs.get(status, 0) for _, needs in self.topics) for status in _STATUSES
        }


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the part of the page."""
    found = gather(labels, view)
    yield from part(_section_needs(found))
    yield from part(_section_trained(found))


def _section_needs(found: Competence) -> Iterator[Section]:
    picture, table = by_topic(found), table_of_topics(found)
    yield Section(
        key="training_topics",
        remarks=selection.only_here(found.labels, found.view),
        picture=picture,
        explained=found.view,
        table=table,
        notes=found.notes(
            table.title, found.text("competence.needs_definition"), NEEDS_RECORDS, "topics"
        ),
    )


def _section_trained(found: Competence) -> Iterator[Section]:
    picture, table = trained(found), table_of_trained(found)
    yield Section(
        key="trained",
        picture=picture,
        table=table,
        notes=found.notes(
            table.title, found.text("competence.trained_definition"), TRAINED_RECORDS, "trained"
        ),
    )


def gather(labels: Labels, view: View) -> Competence:
    """Read the training of a view, or raise why there is none."""
    publication, place, day = labels.publication, view.municipality, view.reference_date
    of_training = followup.view_of(labels, view, TRAINING)
    if not_delivered(labels, of_training, ("kompetanse",)):
        raise followup.absence(labels, of_training, ("kompetanse",))
    topics: dict[str, dict[str, int]] = {}
    for each in practice.training_needs(publication, place, day):
        topics.setdefault(each.topic, {})[each.status] = each.needs
    areas = practice.trained(publication, place, day)
    return Competence(labels, of_training, tuple(topics.items()), areas)


def by_topic(found: Competence) -> Picture:
    """Return the picture of what training is overdue, open and met, by topic."""
    if not found.topics:
        raise found.absence("competence.no_needs")
    texts, whole = found.texts, found.whole
    parts = {texts(f"competence.status.{status}"): dark for status, dark in _STATUSES.items()}
    shown = found.topics[:_TOPICS_SHOWN]

    def bar(topic: Topic) -> Bar:
        name, needs = topic
        values = [needs.get(status, 0) for status in _STATUSES]
        hovers = [
            f"{part}<br>{texts.counted('need', value)}"
            for part, value in zip(parts, values, strict=True)
        ]
        return found.bar(capitalised(name), values, hovers)

    left = len(found.topics) - len(shown)
    return found.picture_of_bars(
        needs_in_words(found),
        found.text("competence.topics_subtitle"),
        parts,
        [bar(topic) for topic in shown],
        texts("competence.more_topics", number=left) if left else None,
        texts("competence.advice") if whole["overdue"] else None,
    )


def needs_in_words(found: Competence) -> str:
    """Return how many needs are overdue and how many are open."""
    whole = found.whole
    key = "overdue" if whole["overdue"] else "open" if whole["open"] else "nothing"
    return found.text(
        f"competence.{key}_title",
        overdue=found.texts.counted("need", whole["overdue"]),
        open=found.texts.counted("need", whole["open"]),
        met=found.texts.counted("need", whole["in_time"] + whole["late"]),
    )


def table_of_topics(found: Competence) -> Table:
    """Return what the needs of each topic have come to; all of them last."""
    texts = found.texts
    return table_of(
        found.text("competence.topics_table"),
        found.topics,
        (texts("competence.column.topic"), Holds.TEXT, lambda topic: capitalised(topic[0])),
        *(
            (
                texts(f"competence.status.{status}"),
                Holds.WHOLE,
                lambda topic, status=status: topic[1].get(status, 0),
            )
            for status in _STATUSES
        ),
        (texts("column.total"), Holds.WHOLE, lambda topic: sum(topic[1].values())),
        whole=(texts("column.total"), found.whole),
    )


def trained(found: Competence) -> Picture:
    """Return the picture of who of the coordinators was ever trained, by service area."""
    texts, labels = found.texts, found.labels
    everywhere = _everywhere(found)
    parts = {
        texts(f"competence.trained.{name}"): dark
        for name, dark in (("never", 1.0), ("offered", 0.55), ("trained", 0.06))
    }

    def bar(each: Trained) -> Bar:
        values = [each.never, each.offered, each.trained]
        hovers = [
            f"{part}<br>{texts.counted('coordinator', value)}"
            for part, value in zip(parts, values, strict=True)
        ]
        return found.bar(labels.service_area(each.service_area), values, hovers)

    unnamed = everywhere.unnamed
    return found.picture_of_bars(
        trained_in_words(found),
        found.text("competence.trained_subtitle"),
        parts,
        [bar(each) for each in _areas(found) if each.coordinators > each.unnamed],
        texts("competence.unnamed", number=unnamed) if unnamed else None,
        texts("competence.what_is_known"),
    )


def trained_in_words(found: Competence) -> str:
    """Return how many of the coordinators were never trained."""
    everywhere = _everywhere(found)
    return found.text(
        f"competence.{'never' if everywhere.never else 'all'}_title",
        never=everywhere.never,
        of=found.texts.counted("coordinator", everywhere.coordinators - everywhere.unnamed),
    )


def table_of_trained(found: Competence) -> Table:
    """Return the coordinators by service area and whether they were ever trained."""
    texts, labels = found.texts, found.labels
    names = ("coordinators", "never", "offered", "trained", "unnamed")
    return table_of(
        found.text("competence.trained_table"),
        _areas(found),
        (
            texts("coordinators.column.area"),
            Holds.TEXT,
            lambda each: (
                texts("column.total")
                if each.service_area == ALL
                else labels.service_area(each.service_area)
            ),
        ),
        *(
            (
                texts(f"competence.column.{name}"),
                Holds.WHOLE,
                lambda each, name=name: getattr(each, name),
            )
            for name in names
        ),
        whole=_everywhere(found),
    )


def _areas(found: Competence) -> list[Trained]:
    return [each for each in found.areas if each.service_area != ALL]


def _everywhere(found: Competence) -> Trained:
    whole = next((each for each in found.areas if each.service_area == ALL), None)
    if whole is None:
        raise found.absence("coordinated.nobody")
    return whole
