import { Component, type ReactNode } from 'react'
import { useLanguage } from '../texts/language-provider.js'
import { strong } from '../texts/tags.js'

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
    return <PageFailed fault={fault} onRetry={() => this.setState({ fault: null })} />
  }
}

function PageFailed({ fault, onRetry }: { readonly fault: string; readonly onRetry: () => void }) {
  const { t } = useLanguage()
  return (
    <div className="notice notice-bad" role="alert">
      <p>{t.rich('notices.pageFailed', { strong, fault })}</p>
      <button type="button" className="button" onClick={onRetry}>
        {t('notices.tryAgain')}
      </button>
    </div>
  )
}
