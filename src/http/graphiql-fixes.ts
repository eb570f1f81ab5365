/**
 * Mends what GraphiQL 5 does to the tabs of those who come again, and of links to a query:
 *
 * - Without a query in the address, it looks among the kept tabs for the one of the query that was edited last. If there is
 *   none, it puts an empty tab in front; here the tab that was in front stays there.
 * - With one, where no tabs are kept, it writes the query into the first of the default tabs; here it gets its own.
 *
 * The names in the package are shortened, so they are read from the text. What is not found stays as it is.
 */
export function mendTabs(page: string): string {
  const [, headers, query, variables] =
    /\{defaultQuery:\w+,defaultHeaders:\w+,headers:(\w+),query:(\w+),variables:(\w+),defaultTabs:/.exec(
      page,
    ) ?? []
  if (query === undefined) return page
  return page
    .replace(
      /(\w+)>=0\)(\w+)\.activeTabIndex=\1;else\{const (\w+)=(\w+)\?/,
      '$1>=0)$2.activeTabIndex=$1;else if($4){const $3=$4?',
    )
    .replace(
      /initialQuery:(\w+)\?\?\((\w+)===0\?(\w+)\[0\]\.query:null\)\?\?"",initialVariables:(\w+)\?\?""/,
      'initialQuery:$1??$3[$2].query??"",initialVariables:($1==null?$3[$2].variables:$4)??""',
    )
    .replace(
      /catch\{return\{activeTabIndex:0,tabs:(\w+)\.map\((\w+)\)\}\}/,
      `catch{return{activeTabIndex:${query}?$1.length:0,tabs:(${query}?[...$1,{query:${query},variables:${variables},headers:${headers}}]:$1).map($2)}}`,
    )
}
