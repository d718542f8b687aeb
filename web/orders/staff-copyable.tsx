import { Button } from '../parts/button.tsx';
import { say } from '../parts/toast.tsx';

/** Something to be looked for elsewhere, such as in the logs. */
export function Copyable({ name, text }: { name: string; text: string }) {
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied the ${name}`);
    } catch {
      say('The browser did not let us copy it', 'bad');
    }
  }
  return (
    <span class="staff-copyable">
      <code>{text}</code>
      {/* Where the page is not secure, browsers have no clipboard. */}
      {isSecureContext && (
        <Button
          small
          look="quiet"
          icon="copy"
          label={`Copy the ${name}`}
          onPress={() => void copy()}
        />
      )}
    </span>
  );
}
