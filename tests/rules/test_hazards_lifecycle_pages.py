"""The pages in docs/lifecycles are what the tables say."""

from tools import lifecycles


def test_no_page_is_stale():
    assert lifecycles.stale() == []


def test_every_step_of_a_table_is_drawn():
    for lifecycle in lifecycles.PAGES.values():
        arrows = [line for line in lifecycles.page(lifecycle).splitlines() if " --> " in line and "[*]" not in line]

        assert len(arrows) == len(lifecycle.table)
