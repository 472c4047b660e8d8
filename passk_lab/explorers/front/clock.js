// When to draw: once a frame at most, when something has changed or a canvas has another size.
// @ts-check

const MOST_MISSED = 20;

/**
 * @param {HTMLCanvasElement[]} canvases  What is drawn on.
 * @param {() => void} draw
 */
export function makeClock(canvases, draw) {
  let frame = 0, missed = 0, again = 0;
  const schedule = () => { if (!frame) frame = requestAnimationFrame(now); };

  function now() {
    cancelAnimationFrame(frame);
    frame = 0;
    draw();
    // While JupyterLab changes its theme the page has no layout for a moment, too short for a ResizeObserver to notice.
    missed = canvases.some((canvas) => !canvas.clientWidth && !canvas.closest("[hidden]")) ? missed + 1 : 0;
    clearTimeout(again);
    if (missed && missed < MOST_MISSED) again = setTimeout(schedule, 50);
  }

  const sizes = new ResizeObserver(schedule);
  for (const canvas of canvases) sizes.observe(canvas);
  return {
    /** Draw in the next frame. */
    schedule,
    /** Draw at once. */
    now,
    destroy() { cancelAnimationFrame(frame); clearTimeout(again); sizes.disconnect(); },
  };
}
