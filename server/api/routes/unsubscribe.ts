/**
 * `/api/email/unsubscribe`: ends a person's e-mail by the signed link in each mail, without signing in.
 * Mail programs end it by themselves (RFC 8058); people are asked first, since scanners follow links.
 */
import { createRoute } from '@hono/zod-openapi'
import { html } from 'hono/html'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { updatePreferences } from '../../commands/update-preferences.ts'
import type { UnsubscribeLinks } from '../../notifications/email/unsubscribe-links.ts'
import { createApp, problemResponses, type ApiApp, type RouteDeps } from '../api-context.ts'

const path = '/email/unsubscribe'
const request = { query: z.object({ token: z.string().max(200) }) }
const htmlPage = (description: string) => ({
  description,
  content: { 'text/html': { schema: z.string() } },
})

const { 400: invalid, 403: foreign, 404: unknown, 413: tooLarge } = problemResponses
const { 429: tooOften, 500: fault, 507: full } = problemResponses
const noes = { 400: invalid, 404: unknown, 429: tooOften, 500: fault }

const askRoute = createRoute({
  method: 'get',
  path,
  summary: 'Ask whether the e-mail of the person whom a mailed link is for shall end',
  request,
  responses: { 200: htmlPage('A page with a button'), ...noes },
})
const endRoute = createRoute({
  method: 'post',
  path,
  summary: 'End the e-mail of the person whom a mailed link is for',
  request,
  responses: { 200: htmlPage('It has ended'), ...noes, 403: foreign, 413: tooLarge, 507: full },
})

export interface UnsubscribeRouteDeps {
  unsubscribeLinks: Pick<UnsubscribeLinks, 'findPerson'>
}

export function createUnsubscribeRoutes({
  commands,
  unsubscribeLinks,
}: Pick<RouteDeps, 'commands'> & UnsubscribeRouteDeps): ApiApp {
  const requirePerson = (token: string) => {
    const userId = unsubscribeLinks.findPerson(token)
    if (userId === undefined) throw new AppError('not_found')
    return userId
  }
  return createApp()
    .openapi(askRoute, (context) => {
      requirePerson(context.req.valid('query').token)
      const button = html`<form method="post"><button>Send me no more e-mail</button></form>`
      return context.html(
        page(
          html`<p>Shall ConnectNow write to you no more?</p>
            ${button}`,
        ),
        200,
      )
    })
    .openapi(endRoute, (context) => {
      const userId = requirePerson(context.req.valid('query').token)
      updatePreferences(commands, userId, { emailEnabled: false })
      const answer = html`<p>You get no more e-mail about what you have not read.</p>`
      return context.html(page(answer), 200)
    })
}

function page(content: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>E-mail · ConnectNow</title>
        <style>
          body {
            max-width: 60ch;
            margin: 10vh auto;
            padding: 0 24px;
            font:
              16px/1.5 system-ui,
              sans-serif;
          }
          button {
            min-height: 44px;
            padding: 0 16px;
            font: inherit;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>E-mail</h1>
          ${content}
        </main>
      </body>
    </html>`
}
