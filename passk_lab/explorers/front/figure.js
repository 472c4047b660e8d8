// An explorer on a page of its own, with what such a page adds: its address, a vote, a panel alone, the projector.
// @ts-check

import { AS_IT_IS, isNameOf, missedWords, query, readView, stateText } from "./address.js";
import { make } from "./dom.js";
import { copyText, mount } from "./explorer.js";
import { makeProjector } from "./projector.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./address.js").View} View */
/** @typedef {ReturnType<typeof makeFigure>} Figure */

const HIDE = "Hide the answer";

/** @type {(there: boolean, name: string, does: () => void) => [string, () => void][]} */
const tool = (there, name, does) => (there ? [[name, does]] : []);

/**
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {ArrayBuffer} block
 * @param {State} start  Where Reset leads.
 * @param {{heading: "h1" | "h3", changed: () => void, link?: () => string}} more  Who hears when the hand rests; what
 *   "Copy link" copies, where there is such a link.
 */
export function makeFigure(root, spec, block, start, { heading, changed, link }) {
  const mounted = mount(root, spec, block, start, {
    heading, onRest: changed, tools: [
      ...tool(Boolean(link), "Copy link", () => copyText(link?.() ?? "").then(mounted.say)),
      ...tool(spec.vote !== "", HIDE, () => vote(!mounted.view().hides)),
      ...tool(true, "Projector", () => present(!mounted.view().presents)),
    ],
  });
  const { section, panels, view, say } = mounted, projector = makeProjector(mounted);
  const press = (/** @type {() => void} */ onclick) => make("button", { type: "button", onclick });
  const asked = press(() => vote(!view().hides)), leave = press(() => present(false));
  leave.textContent = "Leave (Esc)";
  const bar = make("div", { class: "passk-bar", role: "group", "aria-label": "Projector" }, leave);
  const ballot = make("p", { class: "passk-vote", hidden: true }, asked);
  mounted.title.after(ballot);
  section.append(bar);
  bar.hidden = true;
  const hide = [...section.querySelectorAll("button")].find(({ textContent }) => textContent === HIDE);

  /** @param {Partial<View>} changes */
  function show(changes) {
    mounted.show(changes);
    const { hides, presents } = view(), words = hides ? "Show the answer" : HIDE;
    ballot.hidden &&= !hides;  // Once asked, it stays: the button that is pressed does not go away under the finger.
    asked.textContent = words;
    if (hide) hide.textContent = words;
    projector.follow();
    leave.hidden = !presents;
    bar.hidden = leave.hidden && bar.childElementCount === 1;
  }

  /** @param {boolean} hides */
  function vote(hides) {
    show({ hides });
    say(hides ? "The answer is hidden." : "The answer is shown.");
    changed();
  }

  /** @param {boolean} presents */
  function present(presents) {
    show({ presents });
    say(presents ? "Large, for a projector." : "");
    changed();
  }

  /** @param {number} panel  0 for all. */
  function alone(panel) {
    if (panel > panels.length) return;
    show({ panel });
    const name = panels[panel - 1]?.panel.name || `Panel ${panel}`;
    const every = panels.length > 2 ? `all ${panels.length} panels` : "both panels";
    say(panel ? `${name} alone; the key 0 shows ${every}.` : `It shows ${every}.`);
    changed();
  }

  return {
    ...mounted, bar, spec, show, start,
    /** Whether someone has moved it, or it is shown otherwise than it came. */
    moved: () => query(mounted.state(), view()) !== query(start),
    query: () => query(mounted.state(), view()),
    text: () => stateText(spec, mounted.state(), view()),
    isCalled: (/** @type {string} */ name) => isNameOf(name, spec.name),
    /** Be as a text says; what it leaves out is as it came. @param {string} text */
    read(text) {
      const { state, view: said, missed } = readView(spec, text);
      mounted.setState({ ...start, ...state });
      show({ ...AS_IT_IS, ...said });
      const words = missedWords(spec, missed);
      if (words) say(words);
    },
    /** What a key does to it; whether it does anything. @param {string} key */
    press(key) {
      if (/^[0-9]$/.test(key) && Number(key) <= panels.length && panels.length > 1) alone(Number(key));
      else if (key === "p") present(!view().presents);
      else if (key === "Escape" && view().presents) present(false);
      else return false;
      return true;
    },
  };
}
