/**
 * What this release knows of how rows must be written. A migration that changes what a writer must do raises it, and
 * with it what the tables ask for, so that older processes are refused; every other migration keeps the previous
 * release working, and leaves both as they are.
 *
 * 1: every write to a subject replaces its stamp, on which others rely.
 * 2: a count and a metric more, seconds of audio. Who does not know the metric cannot settle what is held of it.
 */
export const writerNumber = 2
