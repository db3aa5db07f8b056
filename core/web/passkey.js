"use strict";
/* SPDX-License-Identifier: Apache-2.0
 * The one thing on these pages that takes script: a form whose digits are left empty is proven by a passkey. What it must sign comes from the daemon, and goes back with the form. */
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function asked(form) {
	if (form.dataset.offer) /* to be enrolled: it stands on the page */
		return JSON.parse(form.dataset.offer);
	const answer = await fetch(form.getAttribute("action").replace(/approve$/, "challenge").replace(/sign-in$/, "sign-in/challenge"), {method: "POST", body: new URLSearchParams(new FormData(form))});
	const what = await answer.json();
	if (!answer.ok)
		throw new Error(what.error ? what.error.message : "The daemon does not answer.");
	return what;
}

async function prove(form) {
	const what = await asked(form), offer = what.offer, challenge = bytes(what.challenge);
	if (!offer || !offer.rp_id)
		throw new Error("Type the digits that your device shows.");
	const made = offer.allow
		? await navigator.credentials.get({publicKey: {challenge, rpId: offer.rp_id, userVerification: offer.verify, allowCredentials: [{type: "public-key", id: bytes(offer.allow)}]}})
		: await navigator.credentials.create({publicKey: {challenge, rp: {id: offer.rp_id, name: offer.name}, user: {id: bytes(offer.user), name: offer.person, displayName: offer.person},
			pubKeyCredParams: offer.algorithms.map(alg => ({type: "public-key", alg})), attestation: "none", authenticatorSelection: {userVerification: offer.verify}}});
	const r = made.response, answer = {authenticatorData: text(r.authenticatorData || r.getAuthenticatorData()), clientDataJSON: text(r.clientDataJSON), id: text(made.rawId)};
	if (r.signature)
		answer.signature = text(r.signature);
	return JSON.stringify(answer);
}

function told(form, error) {
	let note = form.querySelector(".note");
	if (!note) {
		note = form.insertBefore(document.createElement("p"), form.firstChild);
		note.className = "note bad";
		note.setAttribute("role", "alert");
	}
	note.textContent = error.name === "NotAllowedError" ? "Nothing was signed. Try again." : error.message;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
	const digits = form.elements.response;
	digits.required = false;
	form.querySelectorAll(".script").forEach(e => e.hidden = false);
	form.addEventListener("submit", event => {
		if (digits.value !== "")
			return;
		event.preventDefault();
		prove(form).then(answer => {
			digits.type = "hidden";
			digits.removeAttribute("pattern");
			digits.removeAttribute("maxlength");
			digits.value = answer;
			form.submit();
		}, error => told(form, error));
	});
}
