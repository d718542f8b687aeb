// Shows the contract, and signs in whoever is signed in to the console of the same server.
const viewer = window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  tryItOutEnabled: true,
  onComplete: () => void goOn(),
});

async function goOn() {
  const response = await fetch('/v1/browser-session/resume', { method: 'POST' });
  const { session, detail } = await response.json();
  if (session) viewer.preauthorizeApiKey('bearer', session.accessToken);
  document.querySelector('#notice').textContent = session
    ? `Signed in as ${session.user.username} (${session.user.role}) for ten minutes.`
    : (detail ?? 'Nobody is signed in. To try more out, sign in to the console first: /sign-in');
}
