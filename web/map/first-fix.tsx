import { Button } from '../parts/button.tsx';
import { Empty } from '../parts/notice.tsx';
import { copyAndSay } from '../parts/copy.ts';

/** A vehicle is known from its first fix on, if staff sends it. */
const example = () => `curl ${location.origin}/v1/vehicles/van-1/fixes \\
  -H "authorization: Bearer $TOKEN" \\
  -H "content-type: application/json" \\
  -d '{ "timestamp": "${new Date().toISOString().replace(/\.\d+/, '')}",
        "latitude": 52.5163, "longitude": 13.3777 }'`;

/** Nothing moves yet. */
export function FirstFix() {
  return (
    <Empty icon="truck" title="No vehicle has been seen yet">
      <p>
        A vehicle appears here with its first fix. Send one over the API, with an API key or an
        access token:
      </p>
      <pre class="map-code">{example()}</pre>
      <Button small icon="copy" onPress={() => void copyAndSay(example(), 'Copied')}>
        Copy
      </Button>
      <p>
        Or replay a track: <code>npm run bazar -- replay</code>. The whole story is in{' '}
        <a href="/docs">the documentation</a>.
      </p>
    </Empty>
  );
}
