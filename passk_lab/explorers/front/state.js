// Where the controls of an explorer stand, and how that changes: by hand, all at once, back.
// @ts-check

/** @typedef {import("./types.js").State} State */

const REST = 150;  // milliseconds after which a hand counts as at rest
const KEPT = 200;  // changes that can be undone: a page that is open all day does not grow

/**
 * @param {State} start
 * @param {(names: string[]) => void} moved  Called after each change, with the controls that it names.
 * @param {(state: State) => void} rested  Called once the hand rests.
 */
export function makeState(start, moved, rested) {
  const /** @type {State[]} */ past = [];
  let now = { ...start }, timer = 0;
  /** @type {State | null} */
  let left = null;

  const keep = () => {
    past.push(now);
    if (past.length > KEPT) past.shift();
  };
  const rest = () => {
    clearTimeout(timer);
    timer = 0;
    rested({ ...now });
  };
  const settle = () => { if (timer) rest(); };

  /** @param {State} changes */
  function change(changes) {
    if (!timer) { keep(); left = null; }  // a drag, or a film, is one change
    now = { ...now, ...changes };
    moved(Object.keys(changes));
    // The kernel hears of it when the hand rests: telling it at every event halves the frame rate (measured).
    clearTimeout(timer);
    timer = setTimeout(rest, REST);
  }

  return {
    get now() { return now; },
    /** Where the last jump began, if it is to be seen; null once a hand has moved on. */
    get left() { return left; },
    change,
    /**
     * A change by itself, not a part of what the hand was just doing; whether one is to see where it began.
     * @type {(changes: State, seen?: boolean) => void}
     */
    jump(changes, seen = false) {
      settle();
      const before = now;
      change(changes);
      if (seen) left = before;
    },
    /** Go back to before the last change; whether there was one. */
    undo() {
      settle();
      const before = past.pop();
      if (!before) return false;
      change(before);
      past.pop();  // going back is not a change to go back from
      left = null;
      return true;
    },
    /** What the kernel says counts at once and is not sent back to it. @param {State} next */
    told(next) {
      keep();
      left = null;
      clearTimeout(timer);
      timer = 0;
      now = { ...next };
      moved(Object.keys(next));
    },
    destroy: settle,
  };
}
