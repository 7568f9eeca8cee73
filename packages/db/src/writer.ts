/**
 * Which rules of writing this release follows. A migration that changes what a writer must do raises it, and with it what
 * the tables ask for, so that older processes are refused; every other migration keeps the previous release working, and
 * leaves both as they are.
 *
 * 1: every write to a subject replaces its revision, which other processes compare.
 * 2: a count and a metric more, seconds of audio. A process without the metric cannot settle what newer ones hold of it.
 * 3: windows of a week and in total, months that begin on another day, limits of calls in flight, and grants. A process
 *    without them cannot decide on limits that have them.
 */
export const writerNumber = 3
