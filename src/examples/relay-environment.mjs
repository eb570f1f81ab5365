// Relay's network: queries over HTTP, subscriptions over one WebSocket, documents by their ids where the compiler has
// persisted them (`persistConfig`) and the server knows its manifest (TRUSTED_DOCUMENTS).
import relay from 'relay-runtime'
import { createLiveSocket } from './live-socket.ts'

const { Environment, Network, Observable, RecordSource, Store } = relay

/**
 * @param {string} url of the endpoint, e.g. `http://localhost:4000/graphql`
 * @param {unknown} [webSocketImpl] for a runtime without `WebSocket`
 */
export function createPapersEnvironment(url, webSocketImpl) {
  const socket = createLiveSocket(url, webSocketImpl)
  const request = ({ id, text }, variables) =>
    text ? { query: text, variables } : { query: '', documentId: id, variables }
  const fetchAnswer = async (params, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify(request(params, variables)),
    })
    return response.json()
  }
  const subscribe = (params, variables) =>
    Observable.create((sink) => socket.subscribe(request(params, variables), sink))
  const environment = new Environment({
    network: Network.create(fetchAnswer, subscribe),
    store: new Store(new RecordSource()),
  })
  return { environment, close: () => socket.dispose() }
}
