// SPDX-License-Identifier: MIT
/**
 * The quickest way between two stations, as a gate assumes it that sees only entry and exit: scheduled
 * times between stations, and a fixed time for each change of route.
 */
import type { Feed } from './model.ts';

/** A part of a way on one route; `stations` are indexes into `feed.stations`, both ends included. */
export interface PathLeg {
  readonly routeId: string;
  readonly stations: readonly number[];
  readonly seconds: number;
}

/** What a change of route is counted as, walking and waiting; no feed field of Fares v1 says it. */
const CHANGE_SECONDS = 300;

/**
 * Nodes are the stations, where one waits, and after them one node for each route at each station, where
 * one sits in the vehicle. Edges lie in compressed rows: those of `node` are `rowStart[node]` onwards.
 */
export class Network {
  readonly #routeIds: readonly string[];
  readonly #stationCount: number;
  readonly #stationOf: readonly number[];
  readonly #routeOf: readonly number[];
  readonly #rowStart: Int32Array;
  readonly #targets: Int32Array;
  readonly #seconds: Int32Array;
  readonly #trees = new Map<number, Tree>();
  readonly #treesMax: number;

  constructor(feed: Feed, stationIndexes: ReadonlyMap<string, number>) {
    this.#routeIds = feed.routes.map((route) => route.id);
    this.#stationCount = feed.stations.length;
    const draft = new NetworkDraft(feed, stationIndexes);
    this.#stationOf = draft.stationOf;
    this.#routeOf = draft.routeOf;
    this.#rowStart = new Int32Array(draft.edges.length + 1);
    this.#targets = new Int32Array(draft.edgeCount);
    this.#seconds = new Int32Array(draft.edgeCount);
    let edge = 0;
    for (const [node, row] of draft.edges.entries()) {
      this.#rowStart[node] = edge;
      for (const { target, seconds } of row) {
        this.#targets[edge] = target;
        this.#seconds[edge++] = seconds;
      }
    }
    this.#rowStart[draft.edges.length] = edge;
    // Trees are kept for as many starts as fit into some ten megabytes.
    this.#treesMax = Math.max(8, Math.floor(2_000_000 / (draft.edges.length + 1)));
  }

  /** The legs from one station to another, or undefined where no route leads there. */
  findLegs(
    from: number,
    to: number,
    allowedRoutes?: ReadonlySet<string>,
  ): readonly PathLeg[] | undefined {
    const tree =
      allowedRoutes === undefined ? this.#treeFrom(from) : this.#search(from, allowedRoutes);
    if (tree.cost[to] === UNREACHED) return undefined;
    return this.#legs(tree, to);
  }

  #treeFrom(from: number): Tree {
    const known = this.#trees.get(from);
    if (known !== undefined) return known;
    const tree = this.#search(from);
    if (this.#trees.size >= this.#treesMax) this.#trees.clear();
    this.#trees.set(from, tree);
    return tree;
  }

  #search(from: number, allowedRoutes?: ReadonlySet<string>): Tree {
    const nodeCount = this.#stationOf.length;
    const cost = new Float64Array(nodeCount).fill(UNREACHED);
    const previous = new Int32Array(nodeCount).fill(NONE);
    const queue = new CostQueue();
    cost[from] = 0;
    queue.push(0, from);
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      const end = this.#rowStart[node + 1] ?? 0;
      for (let edge = this.#rowStart[node] ?? 0; edge < end; edge++) {
        const target = this.#targets[edge] ?? 0;
        if (allowedRoutes !== undefined && !this.#isAllowed(target, allowedRoutes)) continue;
        const reached = (cost[node] ?? 0) + (this.#seconds[edge] ?? 0);
        if (reached >= (cost[target] ?? 0)) continue;
        cost[target] = reached;
        previous[target] = node;
        queue.push(reached, target);
      }
    }
    return { cost, previous };
  }

  #isAllowed(node: number, allowedRoutes: ReadonlySet<string>): boolean {
    return node < this.#stationCount || allowedRoutes.has(this.#routeIdOf(node));
  }

  #routeIdOf(node: number): string {
    return this.#routeIds[this.#routeOf[node] ?? NONE] ?? '';
  }

  #legs(tree: Tree, to: number): readonly PathLeg[] {
    const chain: number[] = [];
    for (let node = to; node !== NONE; node = tree.previous[node] ?? NONE) chain.push(node);
    chain.reverse();
    const legs: PathLeg[] = [];
    let boarded: number[] = [];
    for (const node of chain) {
      if (node >= this.#stationCount) {
        boarded.push(node);
        continue;
      }
      const [first, last] = [boarded[0], boarded.at(-1)];
      if (first !== undefined && last !== undefined) {
        legs.push({
          routeId: this.#routeIdOf(first),
          stations: boarded.map((each) => this.#stationOf[each] ?? 0),
          seconds: (tree.cost[last] ?? 0) - (tree.cost[first] ?? 0),
        });
      }
      boarded = [];
    }
    return legs;
  }
}

interface Tree {
  readonly cost: Float64Array;
  readonly previous: Int32Array;
}

const NONE = -1;
const UNREACHED = Infinity;

interface Edge {
  readonly target: number;
  readonly seconds: number;
}

class NetworkDraft {
  readonly stationOf: number[] = [];
  readonly routeOf: number[] = [];
  readonly edges: Edge[][] = [];
  edgeCount = 0;

  constructor(feed: Feed, stationIndexes: ReadonlyMap<string, number>) {
    for (const index of feed.stations.keys()) this.#addNode(index, NONE);
    const routeIndexes = new Map(feed.routes.map((route, index) => [route.id, index]));
    const nodes = new Map<string, number>();
    const nodeOf = (stationId: string, routeId: string): number => {
      const key = JSON.stringify([stationId, routeId]);
      const station = stationIndexes.get(stationId) ?? 0;
      const known = nodes.get(key);
      if (known !== undefined) return known;
      const node = this.#addNode(station, routeIndexes.get(routeId) ?? NONE);
      nodes.set(key, node);
      this.#addEdge(station, { target: node, seconds: 0 });
      // Leaving the vehicle costs the change; at the exit it adds the same to every way.
      this.#addEdge(node, { target: station, seconds: CHANGE_SECONDS });
      return node;
    };
    for (const hop of feed.hops) {
      const target = nodeOf(hop.toStationId, hop.routeId);
      this.#addEdge(nodeOf(hop.fromStationId, hop.routeId), { target, seconds: hop.seconds });
    }
  }

  #addNode(station: number, route: number): number {
    this.stationOf.push(station);
    this.routeOf.push(route);
    return this.edges.push([]) - 1;
  }

  #addEdge(node: number, edge: Edge): void {
    this.edges[node]?.push(edge);
    this.edgeCount += 1;
  }
}

/** A binary heap of nodes by cost, then by node, so that equal ways are always resolved the same. */
class CostQueue {
  readonly #costs: number[] = [];
  readonly #nodes: number[] = [];

  push(cost: number, node: number): void {
    let at = this.#costs.length;
    this.#costs.push(cost);
    this.#nodes.push(node);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): number | undefined {
    if (this.#nodes.length === 0) return undefined;
    this.#swap(0, this.#nodes.length - 1);
    const node = this.#nodes.pop();
    this.#costs.pop();
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#nodes.length && this.#isBefore(child, least)) least = child;
      }
      if (least === at) return node;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const difference = (this.#costs[left] ?? 0) - (this.#costs[right] ?? 0);
    return (
      difference < 0 || (difference === 0 && (this.#nodes[left] ?? 0) < (this.#nodes[right] ?? 0))
    );
  }

  #swap(left: number, right: number): void {
    const [cost, node] = [this.#costs[left] ?? 0, this.#nodes[left] ?? 0];
    this.#costs[left] = this.#costs[right] ?? 0;
    this.#nodes[left] = this.#nodes[right] ?? 0;
    this.#costs[right] = cost;
    this.#nodes[right] = node;
  }
}
