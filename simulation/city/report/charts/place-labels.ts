// SPDX-License-Identifier: MIT
/**
 * Names beside circles so that none covers another name, the line from a circle to its name or, but for small
 * ones where there is no other way, a circle. Greedy in the order given (the most important first) over a
 * few places around each circle; a name that fits nowhere is left out, as the table beside the map has it.
 */
import { textWidth } from './text-width.ts';

export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface LabelPlace {
  /** Of the side at which the text is held, and of its middle line; from the middle of its circle. */
  readonly dx: number;
  readonly dy: number;
  readonly align: 'center' | 'left' | 'right';
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Labelled {
  readonly circle: Circle;
  readonly text: string;
}

const GAP = 4;
const LINE = 1.25;
/** A name is read over such a circle, too, where there is no other place for it. */
const SMALL_RADIUS = 5;
const LEADER_GAP = 2;
const LEADER_STEPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** What a text covers when it is put there. */
export function labelBox(
  { circle, text }: Labelled,
  { align, dx, dy }: LabelPlace,
  fontSize: number,
): Box {
  const width = textWidth(text, fontSize);
  const held = circle.x + dx;
  const left = align === 'left' ? held : held - (align === 'right' ? width : width / 2);
  const middle = circle.y + dy;
  const half = (fontSize * LINE) / 2;
  return { left, right: left + width, top: middle - half, bottom: middle + half };
}

/** Parts of a name's width by which it is shifted over or under its circle: less than half of it. */
const SHIFTS = [0, -0.25, 0.25, -0.45, 0.45];

/** Angles over and under the level at which a name may stand askew. */
const SLANTS = [-45, 45, -20, 20, -70, 70].map((degrees) => (degrees * Math.PI) / 180);

/** Beside it, above and below it, then askew, each a little further away at each turn. */
function* places({ circle, text }: Labelled, fontSize: number): Generator<LabelPlace> {
  const half = (fontSize * LINE) / 2;
  const width = textWidth(text, fontSize);
  for (const extra of [0, 6, 12, 20, 30, 42, 56]) {
    const away = circle.radius + GAP + extra;
    yield { dx: away, dy: 0, align: 'left' };
    yield { dx: -away, dy: 0, align: 'right' };
    for (const shift of SHIFTS) {
      yield { dx: shift * width, dy: -away - half, align: 'center' };
      yield { dx: shift * width, dy: away + half, align: 'center' };
    }
    for (const slant of SLANTS) {
      const dx = away * Math.cos(slant);
      const dy = away * Math.sin(slant) + Math.sign(slant) * (half / 2);
      yield { dx, dy, align: 'left' };
      yield { dx: -dx, dy, align: 'right' };
    }
  }
}

/** Where a line from the middle of the circle to its name ends, a little short of it. */
export function leaderEnd(
  { align, dx, dy }: LabelPlace,
  fontSize: number,
): { readonly x: number; readonly y: number } {
  const half = (fontSize * LINE) / 2;
  // Names over and under a circle are shifted by less than half their width: straight up or down meets them.
  if (align === 'center') return { x: 0, y: dy - Math.sign(dy) * half };
  const short = 1 - LEADER_GAP / Math.hypot(dx, dy);
  return { x: dx * short, y: dy * short };
}

interface Placed {
  readonly circle: Circle;
  readonly end: { readonly x: number; readonly y: number };
  readonly box: Box;
}

/** Whether the line from a circle to its name crosses that box. */
function crosses({ circle, end }: Placed, box: Box): boolean {
  return LEADER_STEPS.some((part) => {
    const at = { x: circle.x + end.x * part, y: circle.y + end.y * part };
    return at.x > box.left && at.x < box.right && at.y > box.top && at.y < box.bottom;
  });
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Whether the circle reaches into the box: by the point of the box that is nearest to its middle. */
function covers(box: Box, { radius, x, y }: Circle): boolean {
  const dx = x - Math.min(Math.max(x, box.left), box.right);
  const dy = y - Math.min(Math.max(y, box.top), box.bottom);
  return dx * dx + dy * dy < radius * radius;
}

const within = (box: Box, frame: { readonly width: number; readonly height: number }): boolean =>
  box.left >= 0 && box.top >= 0 && box.right <= frame.width && box.bottom <= frame.height;

/** A place for each text, or null. */
export function placeLabels(
  labelled: readonly Labelled[],
  of: {
    readonly circles: readonly Circle[];
    readonly frame: { readonly width: number; readonly height: number };
    readonly fontSize: number;
  },
): readonly (LabelPlace | null)[] {
  const names: Placed[] = [];
  const collides = (one: Placed, other: Placed): boolean =>
    overlap(one.box, other.box) || crosses(one, other.box) || crosses(other, one.box);
  const placed = (label: Labelled, circles: readonly Circle[]): LabelPlace | null => {
    for (const place of places(label, of.fontSize)) {
      const box = labelBox(label, place, of.fontSize);
      const name = { circle: label.circle, end: leaderEnd(place, of.fontSize), box };
      if (!within(box, of.frame)) continue;
      if (circles.some((circle) => covers(box, circle))) continue;
      if (names.some((other) => collides(name, other))) continue;
      names.push(name);
      return place;
    }
    return null;
  };
  const large = of.circles.filter(({ radius }) => radius > SMALL_RADIUS);
  return labelled.map((label) => placed(label, of.circles) ?? placed(label, large));
}
