import { setTimeout as pause } from 'node:timers/promises'
import { networkOf } from './address-network.js'

/** Most addresses kept; the least recently seen is dropped first. */
const maxAddresses = 10_000
/** Wrong tokens allowed without a delay, for typing errors. */
const freeFailures = 10
/** Failures expire after this time without another one. */
const forgottenAfterMs = 600_000
/** Additional delay of an attempt for each wrong one before it. */
const delayStepMs = 5
/** Longest delay of an attempt: a caller with the right token is never locked out. */
const maxDelayMs = 2_000
/** Most concurrently delayed attempts of one address. */
const maxWaiting = 5

/** `Retry-After` of a refusal for too many attempts: the longest delay. */
export const attemptsRetryAfterSeconds = maxDelayMs / 1_000

/** The message of a refusal for too many attempts. */
export const tooManyAttempts = 'too many wrong tokens from this address; try again in a few seconds'

interface Address {
  failures: number
  lastFailureMs: number
  waiting: number
  /** Whether the address has sent a right token before. */
  isKnown: boolean
}

/**
 * Slows the guessing of tokens, per IPv4 address or IPv6 network of 64 bits. After some wrong tokens each attempt is
 * delayed before it is answered, including right ones, so that timing does not distinguish them. An address that has
 * sent a right token before is not delayed: an attacker on the same host must not slow the gateway.
 */
export class FailedAttempts {
  readonly #addresses = new Map<string, Address>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /**
   * Records an attempt after its delay.
   * @returns false if too many attempts are waiting, so that this one is refused whatever its token
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
    // Most recently seen, so dropped last.
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
