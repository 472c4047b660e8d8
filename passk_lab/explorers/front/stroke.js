// A curve that grows under the hand: its height at each place, without a gap, and the place where the hand is.
// @ts-check

const STEP = 0.01, FAR = 0.05;  // parts of the whole height that an arrow key and a page key move

export class Stroke {
  /**
   * @param {number} places  How many there are; the first one's height is given.
   * @param {[number, number]} range  Least and largest height.
   * @param {number[]} values  Height of the first, and of more that were drawn before.
   */
  constructor(places, [low, high], values) {
    this.last = places - 1;
    this.low = low;
    this.high = high;
    this.values = values;
    this.place = values.length - 1;
  }

  get whole() { return this.values.length > this.last; }
  get height() { return this.values[this.place]; }

  /** Begin anew. */
  clear() {
    this.values.length = 1;
    this.place = 0;
  }

  /**
   * Put the hand down at a place; what was not drawn before it is now, straight.
   * @type {(i: number, v: number) => void}
   */
  touch(i, v) {
    this.place = Math.min(i, this.values.length - 1);
    this.pull(i, v);
  }

  /**
   * Pull the hand on to a place; a quick one skips some, and they come along.
   * @type {(i: number, v: number) => void}
   */
  pull(i, v) {
    if (i < 1) return;
    const end = this.values.length - 1, from = i > end ? Math.min(this.place, end) : this.place;
    const start = this.values[from], height = Math.round(1e4 * Math.min(Math.max(v, this.low), this.high)) / 1e4;
    for (let j = Math.max(1, Math.min(from, i)); j < Math.max(from, i); j++) {
      if (j !== from) this.values[j] = start + (height - start) * (j - from) / (i - from);
    }
    this.values[i] = height;
    this.place = i;
  }

  /** What a key does; whether it does anything. Going over what is drawn leaves it as it is. @param {string} key */
  press(key) {
    /** @type {Record<string, number>} */
    const places = { ArrowRight: this.place + 1, ArrowLeft: this.place - 1, Home: 1, End: this.last };
    /** @type {Record<string, number>} */
    const steps = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: FAR, PageDown: -FAR };
    if (key in places) {
      const to = Math.max(1, Math.min(places[key], this.last)), end = this.values.length - 1;
      if (to > end) this.touch(to, this.values[end]);
      this.place = to;
    } else if (key in steps) this.pull(this.place, this.height + steps[key] * (this.high - this.low));
    return key in places || key in steps;
  }
}
