/** What is said while figures are read, or cannot be. `what` names them. */
export const notices = {
  loading: 'Loading {what} …',
  loadingMore: 'Loading …',
  more: 'Show more',
  failed: '<strong>{what} cannot be shown:</strong> {message}',
  noAnswer: 'The API does not answer.',
  noDatabase: 'The API answers, but its database does not.',
  apiFailed: 'The API has failed.',
  noData: '<strong>{title}</strong> No data yet: {message}. Retrying …',
  old: '<strong>{title}</strong> These figures are {age} old. Retrying …',
  pageFailed: '<strong>This page failed:</strong> {fault}. Quotas are still enforced.',
  tryAgain: 'Try again',
  scrolls: 'Table that scrolls',
  noAnswerAt: 'the API at {server} does not answer; check that it is running',
  notTheApi: '{server} is not answered by the API (HTTP {status}); check the proxy in between',
  httpStatus: 'the server answered HTTP {status}',
} as const
