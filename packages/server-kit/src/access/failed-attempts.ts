import { setTimeout as pause } from 'node:timers/promises'
import { networkOf } from './address-network.js'

/** Addresses that are remembered; the longest unheard of is forgotten first. */
const maxAddresses = 10_000
/** Wrong tokens that anybody may send, as who has mistyped one does. */
const freeFailures = 10
/** Failures are forgotten after so long without another, in milliseconds. */
const forgottenAfterMs = 600_000
/** By how much an attempt waits longer with each wrong one before it, in milliseconds. */
const delayStepMs = 5
/** Longest that an attempt waits, in milliseconds: who has the right token is never kept out. */
const maxDelayMs = 2_000
/** Attempts of one address that wait at once. */
const maxWaiting = 5

/** `Retry-After` of a refusal for too many attempts, in seconds: the longest that an attempt waits. */
export const attemptsRetryAfterSeconds = maxDelayMs / 1_000

/** The message of that refusal. */
export const tooManyAttempts = 'too many wrong tokens from this address; try again in a few seconds'

interface Address {
  failures: number
  lastFailureMs: number
  waiting: number
  /** Whether a right token has come from there before. */
  isKnown: boolean
}

/**
 * Slows the guessing of tokens by address, of IPv6 by the network of 64 bits: after some wrong ones each attempt waits before it is answered, the right
 * one too, so that nobody can tell them apart sooner. Where a right token has come from before, it goes on at once:
 * a stranger on the same host must not slow the gateway.
 */
export class FailedAttempts {
  readonly #addresses = new Map<string, Address>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /**
   * Notes an attempt, once it has waited for its turn.
   * @returns false where so many wait that this one is refused, whatever its token is
   */
  async attempt(address: string, isRight: boolean): Promise<boolean> {
    return this.#attemptFrom(networkOf(address), isRight)
  }

  async #attemptFrom(from: string, isRight: boolean): Promise<boolean> {
    const known = this.#addresses.get(from)
    if (isRight && (known === undefined || known.isKnown || known.failures === 0)) {
      if (known === undefined) this.#remember(from).isKnown = true
      else this.#succeed(known)
      return true
    }
    const address = known ?? this.#remember(from)
    const delayMs = this.#delayMs(address)
    if (delayMs > 0) {
      if (address.waiting >= maxWaiting) return false
      address.waiting++
      await pause(delayMs)
      address.waiting--
    }
    if (isRight) this.#succeed(address)
    else this.#fail(from, address)
    return true
  }

  #succeed(address: Address): void {
    address.isKnown = true
  }

  #fail(from: string, address: Address): void {
    address.failures++
    address.lastFailureMs = this.#now()
    // The last to be forgotten.
    this.#addresses.delete(from)
    this.#addresses.set(from, address)
  }

  #delayMs(address: Address): number {
    if (this.#now() - address.lastFailureMs > forgottenAfterMs) address.failures = 0
    const beyond = address.failures - freeFailures + 1
    return Math.min(maxDelayMs, Math.max(0, beyond) * delayStepMs)
  }

  #remember(from: string): Address {
    const [oldest] = this.#addresses.keys()
    if (this.#addresses.size >= maxAddresses && oldest !== undefined) this.#addresses.delete(oldest)
    const address = { failures: 0, lastFailureMs: this.#now(), waiting: 0, isKnown: false }
    this.#addresses.set(from, address)
    return address
  }
}
