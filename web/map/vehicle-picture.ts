import { copiesIn, type View } from './canvas.ts';
import { spotAt, type Mark } from './marks.ts';
import { motionOf } from './motion.ts';
import { createSprites, spritePixels } from './sprites.ts';

/** A vehicle in the picture. */
export type Drawn = { mark: Mark; x: number; y: number };

/** So near to a vehicle a finger means it. */
export const reachPixels = 18;

/** Draws vehicles; pictures are made anew for other colours, and for a screen of another fineness. */
export function createBrush() {
  let made: { key: string; sprite: ReturnType<typeof createSprites> } | undefined;

  function spritesFor({ color }: View): ReturnType<typeof createSprites> {
    const key = `${color('--surface')} ${devicePixelRatio}`;
    if (made?.key !== key) made = { key, sprite: createSprites(color) };
    return made.sprite;
  }

  return (view: View, drawn: readonly Drawn[], now: Parameters<typeof motionOf>[1]): void => {
    const sprite = spritesFor(view);
    const { context } = view;
    const half = spritePixels / 2;
    const whole = (pixels: number) => Math.round((pixels - half) * devicePixelRatio);
    context.save();
    // On whole pixels a picture is copied, which takes half as long as drawing it between them.
    context.resetTransform();
    for (const { mark, x, y } of drawn) {
      const look = { motion: motionOf(mark.seen, now), bearing: mark.seen.fix?.bearing };
      context.drawImage(sprite(look), whole(x), whole(y));
    }
    context.restore();
  };
}

/** Those that are in the picture, and where, in each copy of the world. */
export function placed(view: View, marks: Iterable<Mark>, nowMs: number): Drawn[] {
  const { left, top, width, height, worldPixels } = view;
  const copies = copiesIn(view);
  const drawn: Drawn[] = [];
  for (const mark of marks) {
    const spot = spotAt(mark, nowMs);
    const y = spot.y * worldPixels - top;
    if (y < -reachPixels || y > height + reachPixels) continue;
    for (const copy of copies) {
      const x = (spot.x + copy) * worldPixels - left;
      if (x >= -reachPixels && x <= width + reachPixels) drawn.push({ mark, x, y });
    }
  }
  return drawn;
}

export function drawRing({ context, color }: View, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 15, 0, 2 * Math.PI);
  context.fillStyle = color('--brand');
  context.globalAlpha = 0.22;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.strokeStyle = color('--brand');
  context.stroke();
}

export function drawLabels({ context, color }: View, drawn: readonly Drawn[]): void {
  context.font = `600 12px ${getComputedStyle(context.canvas).fontFamily}`;
  context.textAlign = 'left';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = color('--surface');
  context.fillStyle = color('--text');
  for (const { mark, x, y } of drawn) {
    const text = shortened(mark.seen.name ?? mark.seen.id);
    context.strokeText(text, x + 17, y + 4);
    context.fillText(text, x + 17, y + 4);
  }
}

const labelCharsMax = 28;

function shortened(text: string): string {
  return text.length > labelCharsMax ? `${text.slice(0, labelCharsMax - 1)}…` : text;
}
