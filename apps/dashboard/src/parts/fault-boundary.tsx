import { Component, type ReactNode } from 'react'

interface FaultBoundaryProps {
  readonly children: ReactNode
}

/** Shows an error in place of a page that failed to render; the navigation stays usable. */
export class FaultBoundary extends Component<FaultBoundaryProps, { readonly fault: string | null }> {
  override state = { fault: null }

  static getDerivedStateFromError(error: unknown): { readonly fault: string } {
    return { fault: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    const { fault } = this.state
    if (fault === null) return this.props.children
    return (
      <div className="notice notice-bad" role="alert">
        <p>
          <strong>This page failed:</strong> {fault}. Quotas are still enforced.
        </p>
        <button type="button" className="button" onClick={() => this.setState({ fault: null })}>
          Try again
        </button>
      </div>
    )
  }
}
