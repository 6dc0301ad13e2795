/** A readable page of the API, made from the OpenAPI document alone: no script, nothing from outside. */
import { html } from 'hono/html'
import { z } from 'zod'

const operationSchema = z.object({
  summary: z.string().default(''),
  responses: z.record(z.string(), z.object({ description: z.string().default('') })).default({}),
})

/** What the page shows of the OpenAPI document. */
const describedSchema = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})

const methods = ['get', 'post', 'put', 'patch', 'delete']

export function docsPage(document: unknown) {
  const { info, paths } = describedSchema.parse(document)
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [{ path, method, operation }]
    }),
  )
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title} API</title>
      </head>
      <body>
        <h1>${info.title} API ${info.version}</h1>
        <p>
          Sign in with a session cookie or send a personal access token as
          <code>Authorization: Bearer</code>. Errors are problem details (RFC 9457) with a stable
          <code>code</code>. The whole contract: <a href="/api/openapi.json">openapi.json</a>.
        </p>
        ${operations.map(
          ({ path, method, operation }) => html`
            <h2><code>${method.toUpperCase()} ${path}</code></h2>
            <p>${operation.summary}</p>
            <ul>
              ${Object.entries(operation.responses)
                .filter(([status]) => status.startsWith('2'))
                .map(([status, { description }]) => html`<li>${status}: ${description}</li>`)}
            </ul>
          `,
        )}
      </body>
    </html>`
}
