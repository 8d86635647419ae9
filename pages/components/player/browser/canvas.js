/** Canvases in CSS pixels, whatever the screen's density. */

/** The canvas's context in CSS pixels, after the canvas got this size. */
export function fitted(canvas, { width, height }, density) {
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  return context;
}
