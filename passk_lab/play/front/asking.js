// A question asked again and again, and plays of it added up. Nothing here knows of a page.
// @ts-check

import { uniform } from "./machine.js";

export class Asking {
  /**
   * @param {number} p  The chance that an answer is right.
   * @param {number} tries  How often a play asks.
   * @param {number} seed
   */
  constructor(p, tries, seed) {
    this.p = p; this.tries = tries; this.seed = seed;
    this.plays = 0;
    /** Of how many plays the first k asks held a right answer, k from 1. */
    this.solved = new Int32Array(tries);
    /** Answers of the play that is on. @type {boolean[]} */
    this.now = [];
  }

  /** Ask once; a play that is over makes room for the next. */
  ask() {
    if (this.now.length === this.tries) this.now = [];
    const right = uniform(this.seed, this.plays, 0, this.now.length) < this.p;
    this.now.push(right);
    if (this.now.length === this.tries) {
      const first = this.now.indexOf(true);
      if (first >= 0) for (let i = first; i < this.tries; i++) this.solved[i] += 1;
      this.plays += 1;
    }
    return right;
  }

  /** Ask until the play is over. */
  play() {
    do this.ask();
    while (this.now.length < this.tries);
  }
}
