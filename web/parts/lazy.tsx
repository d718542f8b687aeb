import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { AppError } from '../../src/platform/errors.ts';
import { Failure, Waiting } from './notice.tsx';

type Props = { load: () => Promise<ComponentType> };

const didNotCome = new AppError('unavailable', 'A part of this page did not arrive.');

/** A page whose code is fetched when somebody goes there. */
export function Lazy({ load }: Props) {
  const page = useSignal<{ show: ComponentType } | undefined>(undefined);
  const isMissing = useSignal(false);
  useEffect(() => {
    void (async () => {
      try {
        page.value = { show: await load() };
      } catch {
        isMissing.value = true;
      }
    })();
  }, []);
  if (isMissing.value) return <Failure problem={didNotCome} again={() => location.reload()} />;
  if (!page.value) return <Waiting rows={5} />;
  const { show: Content } = page.value;
  return <Content />;
}
