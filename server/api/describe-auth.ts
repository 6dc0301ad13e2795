/** The OpenAPI description of what better-auth answers; the routes themselves are its own. */
import type { RouteConfig } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  changePasswordRequestSchema,
  profileSchema,
  revokedResponseSchema,
  revokeSessionRequestSchema,
  sessionSchema,
  signedInResponseSchema,
  signedOutResponseSchema,
  signInRequestSchema,
  signUpRequestSchema,
} from '../../shared/api/auth.ts'
import { json, jsonBody, problemResponses, type ApiApp } from './api-context.ts'

const security = [{ session: [] }]

const routes: RouteConfig[] = [
  {
    method: 'post',
    path: '/auth/sign-up/email',
    summary: 'Sign up; the first person owns the workspace',
    request: { body: jsonBody(signUpRequestSchema) },
    responses: { 200: json(signedInResponseSchema, 'Signed up and in, by the cookie') },
  },
  {
    method: 'post',
    path: '/auth/sign-in/email',
    summary: 'Sign in',
    request: { body: jsonBody(signInRequestSchema) },
    responses: { 200: json(signedInResponseSchema, 'Signed in, by the cookie') },
  },
  {
    method: 'post',
    path: '/auth/sign-out',
    summary: 'Sign out; open connections of the session end',
    security,
    responses: { 200: json(signedOutResponseSchema, 'Signed out') },
  },
  {
    method: 'get',
    path: '/auth/list-sessions',
    summary: "List one's sessions",
    security,
    responses: { 200: json(z.array(sessionSchema), 'The sessions that have not ended') },
  },
  {
    method: 'post',
    path: '/auth/revoke-session',
    summary: "End one of one's sessions; its open connections end",
    security,
    request: { body: jsonBody(revokeSessionRequestSchema) },
    responses: { 200: json(revokedResponseSchema, 'Ended') },
  },
  {
    method: 'post',
    path: '/auth/revoke-other-sessions',
    summary: "End all of one's sessions but this one",
    security,
    responses: { 200: json(revokedResponseSchema, 'Ended') },
  },
  {
    method: 'post',
    path: '/auth/update-user',
    summary: "Change one's name or picture",
    security,
    request: { body: jsonBody(profileSchema) },
    responses: { 200: json(revokedResponseSchema, 'Changed') },
  },
  {
    method: 'post',
    path: '/auth/change-password',
    summary: "Change one's password, and end one's other sessions if wanted",
    security,
    request: { body: jsonBody(changePasswordRequestSchema) },
    responses: { 200: json(signedInResponseSchema, 'Changed') },
  },
]

const paths = new Set(routes.map(({ method, path }) => `${method} ${path}`))

/** Whether better-auth may answer: it has more routes than are limited and described here. */
export function isAuthRoute(method: string, path: string): boolean {
  return paths.has(`${method.toLowerCase()} ${path}`)
}

export function describeAuth({ openAPIRegistry }: ApiApp): void {
  for (const route of routes) {
    openAPIRegistry.registerPath({
      ...route,
      responses: { ...route.responses, ...problemResponses },
    })
  }
}
