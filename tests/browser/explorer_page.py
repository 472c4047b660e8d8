"""What a test sees of an explorer on a page: its controls by their accessible names, its words, its pixels."""

import re

from playwright.sync_api import expect


class ExplorerOnPage:
    """One explorer, found by its title."""

    def __init__(self, page, title: str = "", root=None):
        self.page = page
        self.root = root or page.get_by_role("group", name=title).first

    def slider(self, name: str):
        return self.root.get_by_role("slider", name=name, exact=True)

    def choice(self, name: str):
        return self.root.get_by_role("combobox", name=name, exact=True)

    def toggle(self, name: str):
        return self.root.get_by_role("checkbox", name=name, exact=True)

    def button(self, name: str):
        return self.root.get_by_role("button", name=name, exact=True)

    @property
    def words(self) -> str:
        return " ".join(self.root.locator(".passk-words p").all_inner_texts())

    def expect_words(self, text: str) -> None:
        expect(self.root.locator(".passk-words")).to_contain_text(text)

    def pixels(self, panel: int = 0) -> str:
        """A picture of one panel; equal pictures are equal strings."""
        # Two frames: the one that draws, and one to be sure that it is over.
        return (
            self.root.locator("canvas")
            .nth(panel)
            .evaluate(
                """canvas => new Promise(done => requestAnimationFrame(
                () => requestAnimationFrame(() => done(canvas.toDataURL()))))"""
            )
        )

    def pictures(self) -> list[str]:
        return [self.pixels(panel) for panel in range(self.root.locator("canvas").count())]

    def value(self, slider: str) -> str:
        return self.slider(slider).get_attribute("aria-valuetext")

    def set(self, state: dict) -> None:
        """Set native controls as a hand would, at once."""
        self.root.evaluate(
            """(section, state) => { for (const [name, to] of Object.entries(state)) {
                const input = section.querySelector(`[id$="-${name}"]`);
                if (input.type === 'checkbox') input.checked = to; else input.value = to;
                input.dispatchEvent(new Event(input.type === 'range' ? 'input' : 'change', {bubbles: true})); } }""",
            state,
        )

    def pull(self, panel: int, from_x: float, to_x: float) -> None:
        """Pull with the mouse across a panel, x given as a share of its width."""
        box = self.root.locator("canvas").nth(panel).bounding_box()
        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + from_x * box["width"], middle)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + to_x * box["width"], middle, steps=8)
        self.page.mouse.up()


def luminance(colour: str) -> float:
    """Mean of the channels of an rgb(...) text, 0 to 255."""
    channels = [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]
    return sum(channels) / 3
