/** Starts the app in the page. */
import '@fontsource-variable/inter'
import '../ui/tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { followFocus } from '../ui/return-focus.ts'
import { App } from './app.tsx'
import { ErrorBoundary } from './error-boundary.tsx'

const container = document.querySelector('#app')
if (container === null) throw new Error('index.html has no #app')
followFocus()
createRoot(container).render(
  <StrictMode>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StrictMode>,
)
