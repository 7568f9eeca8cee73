/** The Content-Security-Policy of pages: only own resources, nothing inline, no framing. */
export const contentPolicy = [
  "default-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')
