"""Film the story for the README: a reader asks again, draws, presses words, lets two goals race (make pictures).

Frames are screenshots of docs/index.html in headless Chromium, put together as one animated WebP of less than 1 MB.
"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from passk_lab.doctor import CHROMIUMS, find_browser

DOCS = Path(__file__).parent
FILM = DOCS / "pictures" / "story.webp"
SIZE = {"width": 1180, "height": 700}
WIDE = 760
"""Pixels across of the film."""


class Film:
    """Frames with how long each is seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[Image.Image] = []
        self.times: list[int] = []

    def shoot(self, milliseconds: int) -> None:
        """Take a frame."""
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        self.frames.append(shot.resize((WIDE, WIDE * shot.height // shot.width), Image.Resampling.LANCZOS))
        self.times.append(milliseconds)

    def run(self, frames: int, every: int, shown: int = 90) -> None:
        """Take frames while the page moves, and rest on the last."""
        for _ in range(frames):
            self.page.wait_for_timeout(every)
            self.shoot(shown)
        self.times[-1] = 1600

    def go_to(self, chapter: str, down: int = 30) -> None:
        """Go to a chapter, and so many pixels down."""
        script = (
            "([id, down]) => { document.getElementById(id).scrollIntoView({behavior: 'instant'}); scrollBy(0, down); }"
        )
        self.page.evaluate(script, [chapter, down])
        self.page.wait_for_timeout(600)

    def press(self, name: str, frames: int = 9) -> None:
        """Press words that move a picture."""
        self.shoot(900)
        self.page.get_by_role("link", name=name).click()
        self.run(frames, every=60)

    def draw(self, heights: list[float]) -> None:
        """Draw a curve and have it judged."""
        canvas = self.page.locator("#draw").get_by_role("slider")
        box = canvas.bounding_box()
        assert box
        for i, height in enumerate(heights):
            self.page.mouse.move(box["x"] + box["width"] * (0.08 + 0.9 * i / (len(heights) - 1)),
                                 box["y"] + box["height"] * (1 - height), steps=6)  # fmt: skip
            if i == 0:
                self.page.mouse.down()
            self.shoot(110)
        self.page.mouse.up()
        self.page.get_by_role("button", name="Show me").click()
        self.run(8, every=110)

    def save(self) -> None:
        """Write the film."""
        first, *rest = self.frames
        first.save(FILM, save_all=True, append_images=rest, duration=self.times, loop=0, quality=58, method=4)


def main() -> None:
    """Film the page."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_browser(CHROMIUMS), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto((DOCS / "index.html").as_uri())
        page.wait_for_timeout(800)
        film = Film(page)
        film.shoot(1400)
        film.go_to("draw")
        film.shoot(700)
        film.draw([0.28, 0.4, 0.5, 0.58, 0.66, 0.72, 0.77, 0.8, 0.82])
        film.go_to("one-number")
        film.press("Ask 8 times")
        film.go_to("one-takes-all")
        film.press("train on pass@1")
        film.go_to("network")
        film.press("after 400")
        film.go_to("race", 230)
        page.get_by_role("button", name="pass@4-loo-1").first.click()
        film.run(26, every=330, shown=150)
        film.save()
        browser.close()
    print(f"{FILM.name}: {len(film.frames)} frames, {FILM.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
