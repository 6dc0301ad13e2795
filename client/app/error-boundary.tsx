/** What is left on the screen when a component throws: nothing typed is lost, so reload. */
import { Component, type ReactNode } from 'react'
import { Button, EmptyState } from '../ui/controls.tsx'

interface ErrorBoundaryState {
  hasFailed: boolean
}

export class ErrorBoundary extends Component<{ children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { hasFailed: false }

  static getDerivedStateFromError(): ErrorBoundaryState {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children
    return (
      <EmptyState title="This page has stopped working">
        <p>What you wrote is kept on this device. Reload the page to go on.</p>
        <Button look="primary" onClick={() => globalThis.location.reload()}>
          Reload
        </Button>
      </EmptyState>
    )
  }
}
