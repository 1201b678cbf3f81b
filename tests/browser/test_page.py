"""The page itself: live, by keyboard, for a screen reader, on a phone, in the dark, and from nowhere else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import Screen, screen
from tests.e2e.house import Api

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
#: WCAG 2.2's contrast of a text with what is behind it, of all that shows text and has a plain background.
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (colour) => [...rgba(colour)].slice(0, 3).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (rgba(colour)[3] === 255) return colour;
    }
    return "white";
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const says = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (!says || !node.checkVisibility() || node.closest(".unseen, .skip, :disabled, option")) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(`${node.className} ${node.textContent.trim().slice(0, 30)}`);
  }
  return poor;
}"""


def widest(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_the_command_menu_and_typing_by_hand(home: Screen) -> None:
    page = home.page
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("list", name="Commands").get_by_role("button")).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("list", name="Commands")).to_be_hidden()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.keyboard.type("/stat")
    expect(page.get_by_role("list", name="Commands").get_by_role("button")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    home.sees("watching")
    expect(page.locator("#messages > li.own").last).to_contain_text("/status")


def test_a_message_is_edited_in_its_place_and_the_focus_stays_on_its_buttons(home: Screen) -> None:
    page = home.page
    roster = home.ask("/sessions", "sessions of", "ThinkPad X1")
    count = home.messages().count()
    card = roster.locator(".keyboard").get_by_role("button", name="ThinkPad X1")
    card.focus()
    page.keyboard.press("Enter")
    expect(home.messages().last).to_contain_text("Telegram Desktop")
    expect(home.messages().last.get_by_role("button", name="All sessions")).to_be_visible()
    assert home.messages().count() == count
    assert page.evaluate("document.activeElement.closest('#messages li') !== null")


def test_a_question_of_the_bots_is_answered_by_a_reply(home: Screen) -> None:
    page = home.page
    roster = home.ask("/sessions", "sessions of", "Firefox 138")
    home.press(roster, "Firefox 138")
    home.press(home.messages().last, "Name")
    expect(page.locator("#reply")).to_be_visible()
    page.get_by_label("Message", exact=True).fill("Office browser")
    page.keyboard.press("Enter")
    home.sees("Office browser")
    expect(page.locator("#reply")).to_be_hidden()


def test_the_timeline_is_a_picture_and_the_export_files(home: Screen) -> None:
    page = home.page
    home.ask("/timeline")
    picture = home.messages().get_by_role("img").last
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 200
    assert picture.get_attribute("alt")
    home.ask("/export")
    file = home.messages().locator("a.file").first
    with page.expect_download() as downloading:
        file.click()
    assert downloading.value.suggested_filename in file.inner_text()
    assert downloading.value.path().stat().st_size > 0


def test_the_log_of_the_wires_shows_both_and_no_secret(home: Screen, demo: Api) -> None:
    page = home.page
    home.play("Somebody asks for a code")
    home.sees("login code")
    account = demo("GET", "/api/world")["accounts"][0]
    code = demo("GET", f"/api/accounts/{account['id']}/login-code")["code"]
    page.get_by_text("What crosses the wires").click()
    calls = page.locator("#calls > li")
    for method in ("account.getAuthorizations", "sendMessage"):
        expect(calls.filter(has_text=method)).not_to_have_count(0)
    page.evaluate("document.querySelectorAll('#calls details').forEach((one) => { one.open = true; })")
    expect(page.locator("#calls pre")).not_to_have_count(0)
    written = page.locator("#calls").text_content() or ""
    for secret in (account["phone"], code, demo("GET", "/api/world")["botapi"]["token"], "the sandbox takes any"):
        assert secret not in written
    assert "•••" in written
    page.get_by_label("Show").select_option("botapi")
    expect(calls.filter(has_text="account.getAuthorizations").first).to_be_hidden()
    expect(calls.filter(has_text="sendMessage").first).to_be_visible()


def test_a_stranger_is_ended_by_keyboard_alone(home: Screen) -> None:
    page = home.page
    reach(page, "A stranger abroad")
    page.keyboard.press("Enter")
    home.sees("New login", "Unknown client")
    reach(page, "End session", backwards=True)
    page.keyboard.press("Enter")
    expect(home.messages().last.get_by_role("button", name="Yes, end")).to_be_visible()
    reach(page, "Yes, end")
    page.keyboard.press("Enter")
    home.sees("Ended by you")


def reach(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press Tab until a control whose words begin so has the focus, and shows it."""
    for _ in range(200):
        if page.evaluate("document.activeElement.innerText.replace(/^[^A-Za-z]+/, '')").startswith(name):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"Tab never reached {name}")


def test_every_control_has_a_name_and_new_messages_are_read_out(home: Screen) -> None:
    page = home.page
    page.get_by_text("A login of your own").click()
    page.get_by_text("What crosses the wires").click()
    for role in ("button", "textbox", "combobox", "checkbox", "link"):
        for control in page.get_by_role(role).all():
            assert re.search(rf"- '?{role} \"[^\"]+\"", control.aria_snapshot()), control.evaluate(
                "one => one.outerHTML"
            )
    log = page.get_by_role("log", name="Owner's chat")
    expect(log).to_have_attribute("aria-live", "polite")
    names = [heading.inner_text() for heading in page.get_by_role("heading").all()]
    assert names[:2] == ["Doorman, live", "Owner's chat"]
    for landmark in ("banner", "main"):
        expect(page.get_by_role(landmark)).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_the_light_and_in_the_dark(browser: Browser, demo: Api, scheme: str) -> None:
    with screen(browser, demo, color_scheme=scheme) as home:
        ground = home.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground))) > 384) is (scheme == "light")
        home.page.get_by_text("What crosses the wires").click()
        expect(home.page.locator("#calls > li")).not_to_have_count(0)
        home.sees("Doorman")
        assert home.page.evaluate(CONTRASTS) == []


def test_a_phone_shows_one_part_at_a_time_and_nothing_sideways(browser: Browser, demo: Api) -> None:
    with screen(browser, demo, **PHONE) as home:
        page = home.page
        for part, seen in (("World", "What happens"), ("Wires", "What crosses the wires"), ("Chat", "Owner's chat")):
            page.get_by_role("button", name=part, exact=True).click()
            expect(page.get_by_role("heading", name=seen)).to_be_visible()
            assert widest(page) <= 390
        page.get_by_role("button", name="World", exact=True).click()
        home.play("A stranger abroad")
        home.sees("New login", "Chile")
        assert widest(page) <= 390
        expect(page.get_by_label("Message", exact=True)).to_be_in_viewport()


def test_the_chat_that_stays_in_view_covers_nothing(home: Screen) -> None:
    page = home.page
    page.get_by_text("What crosses the wires").click()
    expect(page.locator("#calls > li")).not_to_have_count(0)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    chat, wires = page.locator("#chat").bounding_box(), page.locator("#wires").bounding_box()
    assert chat
    assert wires
    assert chat["y"] + chat["height"] <= wires["y"]


def test_two_visitors_see_the_same(browser: Browser, demo: Api, home: Screen) -> None:
    with screen(browser, demo) as other:
        home.page.get_by_label("Message", exact=True).fill("/help")
        home.page.keyboard.press("Enter")
        expect(other.page.locator("#messages > li.own").last).to_contain_text("/help")
