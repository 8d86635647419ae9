"""Many to many in a browser: a date is typed and written, digits are reversed, and the link keeps it all."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.lab_page import LabPage, wait_until_quiet

from .test_five_kinds import PHONE, charts, main, query


def test_on_a_phone_a_typed_date_is_written_and_then_digits_with_what_the_vector_forgets(
    new_visitor: Callable[..., LabPage],
) -> None:
    visitor = new_visitor(**PHONE)
    page = visitor.page
    page.goto(f"{visitor.home}/five_kinds?fk_kind=Many to many, unequal&reveal=now")
    box = main(page).get_by_label("Date", exact=True)
    box.fill("July 20, 1969")
    box.press("Enter")
    expect(main(page).get_by_text("It reads “jul 20, 1969”. It writes 1969-07-20. Right.")).to_be_visible()
    expect(charts(page)).to_have_count(4)
    wait_until_quiet(page)
    expect(main(page).locator(".katex-error")).to_have_count(0)
    assert main(page).evaluate("of => of.scrollWidth - of.clientWidth") <= 0
    main(page).get_by_role("button", name="eight digits").click()
    expect(main(page).get_by_text("With 64 hidden units. It writes")).to_be_visible()
    expect(charts(page)).to_have_count(3)
    wait_until_quiet(page)
    assert main(page).evaluate("of => of.scrollWidth - of.clientWidth") <= 0
    asked = query(page)
    assert (asked["fk_writes"], asked["fk_digits"], asked["fk_date"]) == ("digits", "27182818", "July 20, 1969")
