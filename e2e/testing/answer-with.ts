/** The network's double: requests that are answered with a problem instead of reaching the server. */
import type { Route } from '@playwright/test'
import type { Problem } from '../../shared/api/problem.ts'
import type { ErrorCode } from '../../shared/errors.ts'

/** A handler for `route`, which answers as the server would with this code. */
export function answerWith(code: ErrorCode, status: number): (route: Route) => Promise<void> {
  const problem: Problem = { type: 'about:blank', title: code, status, code }
  return (route) =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify(problem),
    })
}
