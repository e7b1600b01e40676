// SPDX-License-Identifier: MIT
/**
 * Somebody's life in the city, told from top to bottom: a person, a terminal's night, an adversary. What
 * it yields is for how many milliseconds nothing happens in it; everybody else goes on meanwhile.
 */
export type Life = AsyncGenerator<number, void, void>;
