// SPDX-License-Identifier: MIT
/**
 * Where stations lie on paper. A degree of longitude is shorter than one of latitude by the cosine of the
 * latitude; within one city that is all the projection that is needed (an equirectangular one about its
 * middle).
 */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface MapFrame {
  readonly width: number;
  readonly height: number;
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
  readonly kilometresWide: number;
}

/** Room around the outermost stations for circles and names. */
const MARGIN = 1.2;
/** In degrees of latitude, half a kilometre or so: a single station is not a map of nothing. */
const SPAN_LEAST = 0.005;
const RATIO_LEAST = 0.55;
const RATIO_MOST = 1.2;
const KILOMETRES_PER_DEGREE = 111.2;

function range(values: readonly number[]): { readonly middle: number; readonly span: number } {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return { middle: (least + most) / 2, span: most - least };
}

/** The frame of the given width that holds all places, as high as they need within reason. */
export function mapFrame(places: readonly Place[], width: number): MapFrame {
  const across = range(places.map(({ longitude }) => longitude));
  const along = range(places.map(({ latitude }) => latitude));
  const shrink = Math.cos((along.middle * Math.PI) / 180);
  const spanX = Math.max(across.span * shrink, SPAN_LEAST) * MARGIN;
  const spanY = Math.max(along.span, SPAN_LEAST) * MARGIN;
  const ratio = Math.min(RATIO_MOST, Math.max(RATIO_LEAST, spanY / spanX));
  const height = Math.round(width * ratio);
  const pixelsPerDegree = Math.min(width / spanX, height / spanY);
  const halfX = width / pixelsPerDegree / shrink / 2;
  const halfY = height / pixelsPerDegree / 2;
  return {
    width,
    height,
    west: across.middle - halfX,
    east: across.middle + halfX,
    south: along.middle - halfY,
    north: along.middle + halfY,
    kilometresWide: (width / pixelsPerDegree) * KILOMETRES_PER_DEGREE,
  };
}

/** From the upper left corner of the frame. */
export function onPaper(frame: MapFrame, { latitude, longitude }: Place): { x: number; y: number } {
  return {
    x: ((longitude - frame.west) / (frame.east - frame.west)) * frame.width,
    y: ((frame.north - latitude) / (frame.north - frame.south)) * frame.height,
  };
}
