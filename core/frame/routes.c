/* SPDX-License-Identifier: Apache-2.0
 * The route table, looked up. */
#include "frame/routes.h"

#include "base/str.h"

static const struct sg_route_row rows[] = {
#define X(name, number, face, method, path, body)                                                                      \
	{#name, SG_ROUTE_##name, SG_FACE_##face, method, path, SG_BODY_##body},
	SG_ROUTES(X)
#undef X
};

const struct sg_route_row *
sg_routes(size_t *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

const struct sg_route_row *
sg_route_row(unsigned route)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].route == route)
			return &rows[i];
	return NULL;
}

bool
sg_route_approves(unsigned route)
{
	return route == SG_ROUTE_O_APPROVALS || route == SG_ROUTE_O_APPROVAL || route == SG_ROUTE_O_APPROVE || route == SG_ROUTE_O_REFUSE || route == SG_ROUTE_O_CHALLENGE ||
	       route == SG_ROUTE_O_ENROL_OFFER || route == SG_ROUTE_O_ENROL_FINISH || route == SG_ROUTE_O_PAGE || route == SG_ROUTE_O_SIGN_IN || route == SG_ROUTE_O_SIGN_ASK || route == SG_ROUTE_O_SIGN_INS || route == SG_ROUTE_O_SIGN_OUT;
}

enum sg_face
sg_face_spoken(enum sg_face listener)
{
	return listener == SG_FACE_TLS ? SG_FACE_ENFORCER : listener == SG_FACE_APPROVER ? SG_FACE_ADMIN : listener;
}

static const char *const faces[] = {"none", "agent", "enforcer", "admin", "tls", "approver"};

const char *
sg_face_name(enum sg_face face)
{
	return (unsigned)face < sizeof(faces) / sizeof(faces[0]) ? faces[face] : faces[0];
}

enum sg_face
sg_face_named(struct sg_str name)
{
	for (unsigned i = SG_FACE_AGENT; i < sizeof(faces) / sizeof(faces[0]); i++)
		if (sg_str_is(name, faces[i]))
			return (enum sg_face)i;
	return SG_FACE_NONE;
}
