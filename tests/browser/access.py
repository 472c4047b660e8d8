"""What anybody needs of a page: nothing that axe-core finds, minor included, and nothing too small for a finger."""

from axe_playwright_python.sync_playwright import Axe

OURS = "[class^=passk-], div[role=status]"
"""What is the lab's in a page of JupyterLab."""
TARGET = 24
"""Pixels, both ways: WCAG 2.2, success criterion 2.5.8, and without its leave for small ones that stand apart."""
SMALL = """([ours, least]) => {
  const small = [];
  const within = ours ? [...document.querySelectorAll(ours)] : [document.body];
  const all = 'button, select, textarea, summary, a[href], input:not([type=hidden]), [tabindex="0"]';
  for (const one of new Set(within.flatMap((root) => [...root.querySelectorAll(all)]))) {
    const shown = one.checkVisibility({ visibilityProperty: true });  // not within what is folded
    const inText = one.matches('a') && getComputedStyle(one).display === 'inline';  // as large as its line lets it be
    if (!shown || inText || one.disabled || one.closest('.passk-spoken')) continue;
    // A finger may take the label as well.
    const boxes = [one, ...(one.labels ?? [])].map((each) => each.getBoundingClientRect());
    const tick = one.matches('[type=checkbox], [type=radio]');
    const box = tick ? {
      width: Math.max(...boxes.map((b) => b.right)) - Math.min(...boxes.map((b) => b.left)),
      height: Math.max(...boxes.map((b) => b.bottom)) - Math.min(...boxes.map((b) => b.top)),
    } : boxes[0];
    if (box.width < least - 0.01 || box.height < least - 0.01) {
      small.push(`${one.outerHTML.slice(0, 120)}: ${box.width.toFixed(1)} x ${box.height.toFixed(1)}`);
    }
  }
  return small;
}"""


def faults(page, ours: str = "") -> list[str]:
    """Say what axe-core finds in a page, or in those parts of it that a selector names."""
    context = {"include": [[selector] for selector in ours.split(", ")]} if ours else None
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}" for one in found]


def too_small(page, ours: str = "") -> list[str]:
    """Say which targets of a page, or of parts of it, a finger may miss."""
    return page.evaluate(SMALL, [ours, TARGET])
