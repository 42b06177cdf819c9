"""Simulated operational systems of six municipalities, with a known truth behind them.

`make_demo` writes the exports of about ninety sources and, beside them, what the world they tell of
really looks like, so that anybody can see what the counting rules make of messy registrations, and
the project can test that they find the truth again.

Real is: the municipalities with their codes and mergers; the inhabitants by age 2018-2021
(Statistics Norway, table 07459) and their number in 2023; and what the evaluation of the pilot
published (SINTEF 2024:00149), which holds in the world: 85 % of coordinators from health and care,
35 % with one person, 22 % with two and just under a fifth with more than five, nearly half there
for children and young people and 14 % for an elderly person, about 50 teams in Senja in the first
quarter of 2021 and over 100 in autumn 2023, Bø's coordinating unit from 2020, meetings one to three
times a year that come to be called *oppfølgingsteam*, and child coordinators from 1 August 2022.

Invented is everything else: all persons (test persons, with numbers that nobody has), how many
have services, coordinators and plans where nothing was published, inhabitants after 2021, the
projection, the look of every export, and the errors in it.
"""

from dagster_project.demo.make import DemoSummary, make_demo

__all__ = ["DemoSummary", "make_demo"]
