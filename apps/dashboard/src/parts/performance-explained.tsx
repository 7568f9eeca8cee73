/** What the columns of figures mean. */
export function PerformanceExplained() {
  return (
    <details className="figures">
      <summary>What these figures mean</summary>
      <dl className="explained">
        <dt>Calls</dt>
        <dd>
          Calls to vendors. If one provider refuses a call and another answers it, each has a call. Success is
          the share that was answered, without those that the client aborted.
        </dd>
        <dt>Refused, failed, aborted</dt>
        <dd>
          The vendor refused the call; it was not reached, broke off or was too slow; the client left before
          the end.
        </dd>
        <dt>Not called</dt>
        <dd>Requests that were refused before any vendor was called, since no key or consumer had room.</dd>
        <dt>p50, p95</dt>
        <dd>
          Half of the answered calls took at most p50, 95 % at most p95, from sending to the end of the
          answer. Both are exact to 9.1 %. First token: until a stream’s first content.
        </dd>
      </dl>
    </details>
  )
}
