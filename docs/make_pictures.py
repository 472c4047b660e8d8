"""Draw the README's pictures: a panel of the collapse-run explorer in headless Chromium, light and dark.

`make pictures` runs this. It shows runs of the lab, so that the picture which goes everywhere is of our own data.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from passk_lab import explorers
from passk_lab.doctor import CHROMIUMS, find_browser

PICTURES = Path(__file__).parent / "pictures"


def main() -> None:
    """Write one picture per ground."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_file = explorers.collapse_run(k=8, step=400).to_html(Path(folder) / "page.html")
        browser = driver.chromium.launch(
            executable_path=find_browser(CHROMIUMS), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 1080, "height": 640}, color_scheme=scheme, device_scale_factor=1.5
            )
            page = context.new_page()
            page.goto(f"{page_file.as_uri()}#panel=1")
            page.wait_for_timeout(500)
            page.locator(".passk-explorer").screenshot(path=str(PICTURES / f"curves-{scheme}.png"))
        browser.close()


if __name__ == "__main__":
    main()
