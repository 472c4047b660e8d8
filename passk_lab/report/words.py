"""How a share is written: one way for the command, the page and the verdicts."""


def percent(share: float) -> str:
    """Write a share in per cent, with the sign.

    >>> percent(0.4375), percent(0.0)
    ('43.8 %', '0.0 %')
    """
    return f"{per_cent(share)} %"


def per_cent(share: float) -> str:
    """Write a share in per cent: halves away from zero, so that one number is not written in two ways.

    >>> per_cent(0.4375 - 1e-16), per_cent(0.4375)
    ('43.8', '43.8')
    """
    return f"{100 * share + 1e-9:.1f}"


def signed(share: float) -> str:
    """Write a difference in points; one that is not zero keeps its sign, with as many digits as that takes.

    >>> signed(0.165), signed(-0.032), signed(-0.00031), signed(0.0)
    ('+16.5', '−3.2', '−0.03', '0.0')
    """
    points = 100 * share
    if abs(points) < 1e-9:
        return "0.0"
    digits = next((digits for digits in range(1, 4) if round(abs(points), digits)), 3)
    return f"{points:+.{digits}f}".replace("-", "\N{MINUS SIGN}")
