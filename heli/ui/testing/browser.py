"""Fixtures for browser tests; a test module imports what it uses, or lists this module as a plugin.

``browser_page`` opens pages in Debian's Chromium (or env CHROMIUM) and fails the test at its end on any console
error, page error or content security report. ``browser_page.sign_in(account)`` uses a session cookie;
``browser_page.show(width, language, theme, size)`` sets how pages look. ``axe(page)`` returns violations
as readable lines, ``no_sideways_scroll(page)`` the widths at which the page scrolls sideways, and
``shot(page, name)`` writes a picture to env SHOTS, or a temporary folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from heli.config import paths

WIDTHS = (320, 390, 768, 1024, 1280, 1440, 1920)
DESKTOP, PHONE = 1440, 390
# When a page is taken for dead. Tests wait for facts, which a busy machine may be slow to bring about.
PATIENCE_MS = 180_000
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
)
_AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passes is neither told in detail nor sent: a page has thousands of such nodes.
_RUN_AXE = """async ([rules, exclude]) => {
  const options = {runOnly: rules, resultTypes: ["violations"]};
  const result = await axe.run({exclude: exclude.map((one) => [one])}, options);
  return result.violations.flatMap((violation) => violation.nodes.map((node) =>
    `${violation.id}: ${node.target}: ${node.failureSummary.replace(/\\s+/g, " ").trim()}`));
}"""
_REPORTS = """
window.__reports = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}:${event.lineNumber}`);
});
"""


def chromium() -> str:
    """Where the browser is; skips the test with a clear reason where there is none."""
    for candidate in (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", shutil.which("chromium") or ""):
        if candidate and Path(candidate).exists():
            return candidate
    pytest.skip("No Chromium here. Install Debian's package chromium, or set CHROMIUM.")


# Nothing is being asked, swapped or settled, three looks in a row: sooner known than by half a second without traffic.
_STILL = """() => {
  const busy = document.readyState !== "complete"
    || document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added") !== null;
  window.__stillness = busy ? 0 : (window.__stillness ?? 0) + 1;
  return window.__stillness >= 3;
}"""
_LOOK_MS = 40


class Journey:
    """One browser window: its page, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, base_url: str, *, runs_scripts: bool = True) -> None:
        self.context, self.base_url, self.runs_scripts = context, base_url, runs_scripts
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.allowed: list[str] = []
        self._watch(self.page)
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("console", lambda message: self._note("console", message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note("script", str(error)))

    def _note(self, kind: str, text: str) -> None:
        self.faults.append(f"{kind}: {text}")

    def allow(self, text: str) -> None:
        """Faults that contain this text are expected (a refused page logs its own status)."""
        self.allowed.append(text)

    def open(self, path: str) -> Response | None:
        """Go to a path of the live server and wait until scripts and fragments are loaded."""
        answer = self.page.goto(f"{self.base_url}{path}")
        self.settle()
        return answer

    def settle(self) -> None:
        """Wait until the page has loaded and none of its fragments is on the way."""
        self.page.wait_for_load_state("load")
        if self.runs_scripts:
            self.page.wait_for_function(_STILL, polling=_LOOK_MS)

    def act(self, selector: str) -> None:
        """Press what sends a form, say yes where it asks first, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.click(selector)
            question = self.page.locator("dialog[open]")
            if question.count():
                question.locator(".btn-primary, .btn-danger").first.click()
        self.settle()

    def show(
        self, *, width: int = DESKTOP, language: str = "zh-hans", theme: str = "light", size: str = "normal"
    ) -> None:
        """How the next pages look."""
        self.page.set_viewport_size({"width": width, "height": 844 if width < 768 else 900})
        self.set_cookies({settings.LANGUAGE_COOKIE_NAME: language, "heli_theme": theme, "heli_type": size})

    def set_cookies(self, values: dict[str, str]) -> None:
        cookies: list[Any] = [{"name": name, "value": value, "url": self.base_url} for name, value in values.items()]
        self.context.add_cookies(cookies)

    def sign_in(self, account: Any) -> None:
        """Give this window a session of the account, without the sign-in page."""
        from django.test import Client

        client = Client()
        client.force_login(account)
        self.set_cookies({settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value})

    def problems(self) -> list[str]:
        """Everything that went wrong so far and was not allowed."""
        for page in self.context.pages:
            if urlsplit(page.url).scheme.startswith("http"):
                self.faults += [f"csp: {report}" for report in page.evaluate("window.__reports ?? []")]
        return [fault for fault in self.faults if not any(text in fault for text in self.allowed)]


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = chromium()
    # Playwright runs an event loop in this thread; Django would refuse its own synchronous work there
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_journey(chromium_browser: Browser, live_server: Any) -> Iterator[Callable[..., Journey]]:
    """Makes further windows, each with its own cookies: for tests with several people at once."""
    made: list[Journey] = []

    def make(**options: Any) -> Journey:
        context = chromium_browser.new_context(
            viewport={"width": DESKTOP, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_REPORTS)
        journey = Journey(context, live_server.url, runs_scripts=options.get("java_script_enabled", True))
        made.append(journey)
        return journey

    yield make
    faults = [fault for journey in made for fault in journey.problems()]
    for journey in made:
        journey.context.close()
    if faults:
        pytest.fail("The browser reported: " + "; ".join(faults))


@pytest.fixture
def browser_page(new_journey: Callable[..., Journey]) -> Journey:
    """One window on the live server; ``.page`` is Playwright's page."""
    return new_journey()


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """``axe(page)`` returns the accessibility violations of the page, a line each; ``rules`` narrows them."""
    source = paths.VAR / "browser_tests" / "axe.min.js"
    if not source.exists():
        pytest.skip("axe-core is not installed. Run python -m heli.config.assets.")
    script = source.read_text(encoding="utf-8")

    def check(page: Page | Journey, exclude: tuple[str, ...] = (), rules: tuple[str, ...] = ()) -> list[str]:
        target = page.page if isinstance(page, Journey) else page
        if not target.evaluate("'axe' in window"):
            session = target.context.new_cdp_session(target)  # the policy of the page forbids injected scripts
            session.send("Runtime.evaluate", {"expression": script})
            session.detach()
        found: list[str] = target.evaluate(_RUN_AXE, [list(rules) or _AXE_RULES, list(exclude)])
        return found

    return check


@pytest.fixture
def no_sideways_scroll() -> Callable[..., list[int]]:
    """``no_sideways_scroll(page)`` returns the widths from 320 to 1920 at which the page scrolls sideways."""

    def check(page: Page | Journey, widths: tuple[int, ...] = WIDTHS) -> list[int]:
        target = page.page if isinstance(page, Journey) else page
        before = target.viewport_size
        found = []
        for width in widths:
            target.set_viewport_size({"width": width, "height": 900})
            if target.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(width)
        if before is not None:
            target.set_viewport_size(before)
        return found

    return check


@pytest.fixture
def shot(tmp_path: Path) -> Callable[..., Path]:
    """``shot(page, "home")`` writes home.png into env SHOTS, or a temporary folder, and returns its path.

    Pictures of whole pages are for looking at: without SHOTS nobody looks, and none is taken.
    """
    folder = Path(os.environ["SHOTS"]) if os.environ.get("SHOTS") else tmp_path

    def take(page: Page | Journey, name: str, *, full: bool = True) -> Path:
        target = page.page if isinstance(page, Journey) else page
        path = folder / f"{name}.png"
        if full and not os.environ.get("SHOTS"):
            return path
        folder.mkdir(parents=True, exist_ok=True)
        target.evaluate("window.scrollTo(0, 0)")
        target.screenshot(path=path, full_page=full)
        return path

    return take
