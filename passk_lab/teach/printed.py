"""A page that is printed more than it is read on a screen: the sheet, the exam. Nothing in it moves."""

from __future__ import annotations

import html

from passk_lab import look
from passk_lab.front import HEAD

LINE = look.css(look.QUIET["light"], look.QUIET["dark"])
"""The colour of what is written on, or into."""
INK = look.css(look.INK["light"], look.INK["dark"])

_CSS = f"""
:root {{ color-scheme: light dark; }}
body {{ margin: 0; background: {look.css(look.GROUND["light"], look.GROUND["dark"])}; color: {INK};
  font: 15px/1.4 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }}
main {{ max-width: 760px; margin: 0 auto; padding: 14px; }}
h1 {{ font-size: 22px; margin: 0 0 4px; }}
h2 {{ font-size: 16px; margin: 14px 0 4px; }}
p, dd, li, td {{ overflow-wrap: anywhere; }}
p {{ margin: 4px 0; }}
a {{ color: {look.css(look.ROLES["pass@1"].light, look.ROLES["pass@1"].dark)}; }}
@page {{ margin: 12mm; }}
@media print {{
  :root {{ color-scheme: light; }}
  body {{ font-size: 9.5pt; background: #FFFFFF; color: #000000; }}
  main {{ max-width: none; padding: 0; }}
  h1 {{ font-size: 14pt; }} h2 {{ font-size: 11pt; margin-top: 8pt; break-after: avoid; }}
  nav {{ display: none; }}
}}
"""

_PAGE = (
    HEAD
    + """<title>{title}</title>
<style>{css}</style>
</head>
<body>
<main>
{body}
<nav><p><a href="{home}">{back}</a></p></nav>
</main>
</body>
</html>
"""
)


def printed(title: str, css: str, body: str, home: str, back: str) -> str:
    """Return the page; `css` is what it has of its own, `back` names the way `home`, which paper leaves out."""
    return _PAGE.format(
        title=html.escape(title), css=_CSS + css, body=body, home=html.escape(home, quote=True), back=html.escape(back)
    )
