/**
 * Requests and answers that Node.js makes with Express's members from the start.
 *
 * Express gives each of them another prototype when it comes, and an object whose prototype was changed is slow from then
 * on: half of what a small request cost. With these classes there is nothing left to change.
 */
import { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerOptions } from 'node:https'
import type { Express } from 'express'

/** @returns what the HTTP server of the application has to make its messages of */
export function messagesOf(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class AppRequest extends IncomingMessage {}
  class AppResponse<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {}
  app.request = Object.setPrototypeOf(AppRequest.prototype, app.request) as Express['request']
  app.response = Object.setPrototypeOf(AppResponse.prototype, app.response) as Express['response']
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse }
}
