import { prefersHtml } from '../graphql/accept.ts'
import { refuse } from './respond.ts'
import type { Answer, Route } from './route.ts'

/** The bare address: the page for browsers, where there is one, and the index of all doors for programs. */
export function homeRoute(index: Answer, page?: Route): Route {
  return {
    ...page,
    methods: ['GET'],
    answer(request, response) {
      response.appendHeader('vary', 'Accept')
      return page && prefersHtml(request.headers.accept)
        ? page.answer(request, response)
        : index(request, response)
    },
    refuse(response, error) {
      const refuseBy = (prefersHtml(response.req.headers.accept) && page?.refuse) || refuse
      refuseBy(response, error)
    },
  }
}
