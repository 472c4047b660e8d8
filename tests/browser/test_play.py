"""The race and "ask again" on a page opened from disk; and the page's machine, step by step, against Python's."""

import base64
import itertools

import numpy as np
import pytest
from playwright.sync_api import expect

from passk_lab import play
from passk_lab.front import joined
from passk_lab.metrics import success_at_k
from passk_lab.play import training
from passk_lab.play.part import FRONT
from passk_lab.play.racers import GROUPS, RACERS, TRIES, objective_of, takes_k, why_not
from passk_lab.play.tables import packed
from passk_lab.play.worlds import WORLDS, world
from tests.browser.conftest import watch
from tests.browser.test_axe import faults

STEPS = 200
CHOICES = [
    (racer, k, n)
    for racer in RACERS
    for k in (TRIES if takes_k(racer) else TRIES[:1])
    for n in GROUPS
    if not why_not(racer, k, n)
]


# --- the machine --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def machine(browser):
    """A page with the machine and its tables alone."""
    context = browser.new_context()
    page = context.new_page()
    for name in ("machine", "unpack", "track"):
        page.add_script_tag(content=f"window.{name} = (() => {{ {joined(FRONT / f'{name}.js')} return front; }})();")
    spec, block = packed()
    page.evaluate(
        "([spec, block]) => { window.box = new unpack.Box(spec, unpack.bytesOf(block)); }",
        [spec, base64.b64encode(block).decode()],
    )
    yield page
    context.close()


TRAIN = """([name, racer, k, n, seed, steps]) => {
    const one = new machine.Racer(box.world(name), box.table(racer, k, n), n, 16, steps), rain = machine.rainOf(seed);
    for (let t = 0; t < steps; t++) one.step(rain);
    const logits = [];
    for (let t = 0; t <= steps; t++) for (let x = 0; x < 16; x++) for (let a = 0; a < one.world.answers; a++)
        logits.push(one.logit(t, x, a));
    let text = "";
    for (const byte of new Uint8Array(new Float64Array(logits).buffer)) text += String.fromCharCode(byte);
    return [btoa(text), [1, 2, 16].map((k) => one.solved(steps, k))]; }"""


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("racer", RACERS)
def test_the_page_trains_as_python_does_from_the_same_uniforms(racer, name, machine):
    """Every logit of every step, for all k and n there are: 1e-12 of the largest."""
    for seed, (_, k, n) in enumerate(choice for choice in CHOICES if choice[0] == racer):
        chances = training.uniforms(seed, STEPS, n)
        want = training.sampled(world(name), objective_of(racer, k), chances)
        text, solved = machine.evaluate(TRAIN, [name, racer, k, n, seed, STEPS])
        got = np.frombuffer(base64.b64decode(text)).reshape(want.shape)
        assert np.abs(got - want).max() <= 1e-12 * np.abs(want).max(), (k, n)
        policy = np.exp(want[-1] - want[-1].max(axis=1, keepdims=True))
        p = (policy * world(name).right).sum(axis=1) / policy.sum(axis=1)
        assert solved == pytest.approx([success_at_k(p, j).mean() for j in (1, 2, 16)], abs=1e-12)


def test_the_rain_is_pythons_bit_for_bit(machine):
    got = machine.evaluate(
        """() => { const out = []; for (const seed of [1, 7, 999]) for (let t = 0; t < 9; t++)
        for (let x = 0; x < 16; x++) for (let i = 0; i < 5; i++) out.push(machine.uniform(seed, t, x, i));
        return out; }"""
    )
    assert got == np.concatenate([training.uniforms(seed, 9, 5).ravel() for seed in (1, 7, 999)]).tolist()


def test_an_exact_path_is_read_as_it_was_worked_out(machine):
    for name, (racer, k) in itertools.product(WORLDS, (("grpo", 8), ("pass@k-loo-1", 4))):
        got = machine.evaluate("([name, racer, k]) => { const { one, many } = box.path(name, racer, k, 16);"
                               " return [Array.from(one), Array.from(many)]; }", [name, racer, k])  # fmt: skip
        p = training.mean_path(world(name), objective_of(racer, k), 16, steps=20)
        assert got[0][:21] == pytest.approx(p.mean(axis=1), abs=1e-5)
        assert got[1][:21] == pytest.approx(training.solved(p, k), abs=1e-5)


DRAWN = """canvas => new Promise(done => requestAnimationFrame(
    () => requestAnimationFrame(() => done(canvas.toDataURL()))))"""


# --- the race -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The file of a widget: each is written once, since its picture takes a while."""
    folder, files = tmp_path_factory.mktemp("play"), {}

    def write(widget):
        name = f"{type(widget).__name__}{len(files)}"
        known = (type(widget), *widget.state.items())
        if known not in files:
            files[known] = widget.to_html(folder / f"{name}.html")
        return files[known]

    return write


@pytest.fixture
def open_page(new_page, written):
    def _open(widget, **options):
        page = new_page(**options)
        page.context.set_offline(True)
        watch(page, page)
        page.goto(written(widget).as_uri())
        return page

    return _open


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def says(page):
    return page.locator(".passk-say")


def run_to_the_end(page, bet):
    """Bet, and let a page that keeps still do the rest at once."""
    button(page, bet).click()
    expect(page.locator(".passk-clock")).to_contain_text("step 300 of 300")


def test_a_bet_first_then_the_race_and_its_verdict(open_page):
    page = open_page(play.race())
    for early in ("Run", "One step"):
        button(page, early).click()
        expect(button(page, "pass@1")).to_be_focused()  # nothing is shown before the bet
        expect(page.locator(".passk-clock")).to_contain_text("step 0 of 300")
    expect(page.locator(".passk-probe")).to_contain_text("on both sides")
    page.get_by_label("speed").fill("3")
    button(page, "pass@1").click()
    expect(button(page, "Pause")).to_be_visible()
    expect(page.locator(".passk-clock")).to_contain_text("step 300 of 300")
    expect(page.locator(".passk-verdict")).to_have_text("✗ It came otherwise.")
    expect(button(page, "Again")).to_be_in_viewport()
    for seen in (page.locator(".passk-verdict"), button(page, "Was it luck? 40 more seeds"), says(page)):
        expect(seen).to_be_in_viewport(ratio=1)
    left, right = page.locator(".passk-score").all_inner_texts()
    assert "47 → 45 % ▼" in left
    assert "47 → 72 %" in right
    assert page.errors == []
    assert page.strangers == []


def test_forty_seeds_and_the_level_that_moves(open_page):
    page = open_page(play.race(), reduced_motion="reduce")
    run_to_the_end(page, "pass@4-loo-1")
    expect(page.locator(".passk-verdict")).to_have_text("✓ Your bet was right.")
    button(page, "Was it luck? 40 more seeds").click()
    luck = page.locator(".passk-luck")
    expect(luck).to_contain_text("in 40 of them")
    expect(luck).to_contain_text("mean ± its standard error")
    before, said = luck.inner_text(), says(page).inner_text()
    level = page.get_by_role("slider", name="Where the two are compared, in per cent of the way")
    level.press("ArrowLeft")
    expect(page.locator(".passk-rule")).to_contain_text("88 % of the way")
    assert luck.inner_text() != before
    assert says(page).inner_text() != said
    box = level.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.up()
    expect(page.locator(".passk-rule")).not_to_contain_text("88 % of the way")


def test_back_in_time_by_hand_and_by_key(open_page):
    page = open_page(play.race(), reduced_motion="reduce")
    run_to_the_end(page, "no difference")
    time, clock = page.get_by_role("slider", name="Step shown"), page.locator(".passk-clock")
    bars = page.locator(".passk-lanes canvas")
    end = bars.evaluate(DRAWN)
    for key, step in (("Home", 0), ("ArrowRight", 1), ("PageUp", 11), ("End", 300), ("ArrowLeft", 299)):
        time.press(key)
        expect(clock).to_contain_text(f"step {step} of")
    time.press("ArrowRight")
    box = time.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 40)
    expect(clock).not_to_contain_text("step 300")
    time.press("End")
    assert bars.evaluate(DRAWN) == end  # the same step is the same picture


def test_the_keyboard_alone_runs_it(open_page):
    page = open_page(play.race(), reduced_motion="reduce")
    clock = page.locator(".passk-clock")
    page.get_by_role("slider", name="Step shown").focus()
    page.keyboard.press("Space")
    expect(button(page, "pass@1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(clock).to_contain_text("step 300 of 300, seed 7")
    page.keyboard.press("n")
    expect(clock).to_contain_text("step 0 of 300, seed 8")
    page.get_by_role("slider", name="Step shown").focus()
    page.keyboard.press("Space")
    expect(clock).to_contain_text("step 300 of 300, seed 8")
    page.keyboard.press("r")
    expect(clock).to_contain_text("step 0 of 300, seed 8")


def test_another_choice_is_another_race_and_one_that_cannot_run_says_why(open_page):
    page = open_page(play.race(), reduced_motion="reduce")
    run_to_the_end(page, "pass@1")
    page.get_by_label("objective of the right side").select_option("pass@k")
    expect(page.locator(".passk-clock")).to_contain_text("step 0 of 300")
    page.get_by_role("group", name="tries k").get_by_label("16").check()
    page.get_by_role("group", name="answers drawn n").get_by_label("8").check()
    expect(page.locator(".passk-why")).to_contain_text("needs groups of at least 16 samples")
    expect(button(page, "Run")).to_be_disabled()
    page.get_by_role("group", name="answers drawn n").get_by_label("16").check()
    expect(page.locator(".passk-why")).to_have_text("")
    page.get_by_label("own answers").check()
    run_to_the_end(page, "pass@16")
    assert page.errors == []


def test_a_state_comes_in_and_goes_out(open_page):
    page = open_page(play.race(world="own", k=2, n=8, left="grpo", right="maxrl", seed=3, level=0.5))
    expect(page.get_by_label("own answers")).to_be_checked()
    expect(page.locator(".passk-clock")).to_contain_text("seed 3")
    expect(button(page, "maxrl")).to_be_visible()


@pytest.mark.parametrize("make", [play.race, play.ask_again])
def test_a_narrow_page_cuts_nothing_off_and_the_words_move_nothing(make, open_page):
    page = open_page(make(), viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    tops = """() => Array.from(document.querySelectorAll('canvas'),
        (canvas) => Math.round(canvas.getBoundingClientRect().top + scrollY))"""
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    before = page.evaluate(tops)
    if make is play.race:
        run_to_the_end(page, "pass@1")
    else:
        button(page, "1,000 plays more").click()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(tops) == before


def test_a_race_fits_a_window(open_page):
    page = open_page(play.race(), viewport={"width": 1280, "height": 800})
    box = page.locator(".passk-lanes canvas").bounding_box()
    assert box["y"] + box["height"] <= 800


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("make", [play.race, play.ask_again])
def test_axe_finds_nothing(make, scheme, open_page):
    page = open_page(make(), color_scheme=scheme, reduced_motion="reduce")
    assert faults(page) == []
    if make is play.race:
        run_to_the_end(page, "pass@1")
        page.locator("summary", has_text="The same in numbers").click()
        expect(page.locator(".passk-race td")).to_have_count(64)
    else:
        button(page, "1,000 plays more").click()
    assert faults(page) == []


def test_asking_one_by_one_then_play_upon_play(open_page):
    page = open_page(play.ask_again())
    said = page.locator(".passk-asked-says")
    right = training.uniforms(seed=51, steps=200, n=10, prompts=1)[:, 0] < 0.1
    for i in range(1, 10):
        button(page, "Ask again" if i > 1 else "Ask").click()
        expect(said).to_contain_text(f"Ask {i}: {'right' if right[0, i - 1] else 'wrong'}.")
    expect(said).to_contain_text("At least one right so far: yes, since ask 6.")
    button(page, "Ask again").click()
    expect(said).to_contain_text(
        f"200 plays of 10 asks. In {100 * right.any(axis=1).mean():.0f} % of them at least one answer"
    )
    expect(said).to_contain_text(f"the exact chance, pass@10, is {100 * success_at_k(0.1, 10):.0f} %")
    button(page, "Forget all plays").click()
    expect(said).to_have_text("Nothing asked yet.")
    assert page.errors == []
    assert page.strangers == []
