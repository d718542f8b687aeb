import type { Motion } from './motion.ts';

/** How large a sprite is, with room for its edge. */
export const spritePixels = 22;
const directions = 36;

const colors: Record<Motion, string> = {
  moving: '--plot-1',
  standing: '--plot-4',
  stale: '--muted',
  unseen: '--muted',
};

type Look = { motion: Motion; bearing: number | undefined };

/**
 * Pictures of vehicles, each drawn once for a state and a direction: placing a picture takes a
 * fraction of drawing it. States differ in shape too: an arrow, a disc, a ring.
 */
export function createSprites(color: (token: string) => string) {
  const made = new Map<string, HTMLCanvasElement>();
  return ({ motion, bearing }: Look): HTMLCanvasElement => {
    const isArrow = motion === 'moving' && bearing !== undefined;
    const direction = isArrow ? Math.round((bearing / 360) * directions) % directions : -1;
    const key = `${motion} ${direction}`;
    const known = made.get(key);
    if (known) return known;
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(spritePixels * devicePixelRatio);
    canvas.height = canvas.width;
    const context = canvas.getContext('2d');
    if (context) {
      context.scale(devicePixelRatio, devicePixelRatio);
      context.translate(spritePixels / 2, spritePixels / 2);
      context.rotate((Math.max(0, direction) / directions) * 2 * Math.PI);
      drawShape(context, { motion, isArrow, color });
    }
    made.set(key, canvas);
    return canvas;
  };
}

type Shape = { motion: Motion; isArrow: boolean; color: (token: string) => string };

function drawShape(context: CanvasRenderingContext2D, { motion, isArrow, color }: Shape): void {
  const isRing = motion === 'stale';
  context.beginPath();
  if (isArrow) {
    context.moveTo(0, -9);
    context.lineTo(6.5, 7.5);
    context.lineTo(0, 4);
    context.lineTo(-6.5, 7.5);
    context.closePath();
  } else {
    context.arc(0, 0, isRing ? 5 : 6, 0, 2 * Math.PI);
  }
  context.lineJoin = 'round';
  context.strokeStyle = isRing ? color(colors[motion]) : color('--surface');
  context.fillStyle = isRing ? color('--surface') : color(colors[motion]);
  context.lineWidth = isRing ? 2.5 : 3;
  context.stroke();
  context.fill();
}
