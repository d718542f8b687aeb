import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Failure } from '../parts/notice.tsx';

type Props = { id: string; fromMs: number; toMs: number };

/** The route as a file, with all its fixes. */
export function Downloads({ id, fromMs, toMs }: Props) {
  const act = useAct();
  const asked = { id, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  const gpx = async () => keep(`${id}.gpx`, 'application/gpx+xml', await api.getRouteAsGpx(asked));
  const geoJson = async () => {
    // It comes as JSON comes, already read.
    const read: unknown = await api.getRouteAsGeoJson(asked);
    const text = typeof read === 'string' ? read : JSON.stringify(read);
    keep(`${id}.geojson`, 'application/geo+json', text);
  };
  return (
    <>
      <div class="actions">
        <Button small icon="download" isBusy={act.isBusy.value} onPress={() => void act.run(gpx)}>
          GPX
        </Button>
        <Button
          small
          icon="download"
          isBusy={act.isBusy.value}
          onPress={() => void act.run(geoJson)}
        >
          GeoJSON
        </Button>
      </div>
      {act.problem.value && <Failure problem={act.problem.value} what="No file." />}
    </>
  );
}

/** A plain link would go without the token. */
function keep(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
