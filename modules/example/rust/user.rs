// SPDX-License-Identifier: Apache-2.0
//! attest/user in Rust, without a crate: which kind of user asks. The structs are those of stepgate/module.h and attest.h as far as they are used, with the same names.
//!
//!     rustc --edition 2021 --crate-type cdylib -C panic=abort -C link-arg=-Wl,--version-script=only_sg_module.map -o attest-user.so user.rs
//!
//! Rust ends the process where malloc fails, so `stepgate module check attest-user.so --without malloc="Rust aborts"`.
#![allow(non_camel_case_types, non_upper_case_globals)]
use std::ffi::{c_char, c_int, c_void};

#[repr(C)]
pub struct sg_str {
    ptr: *const c_char,
    len: usize,
}

#[repr(C)]
pub struct sg_err {
    status: c_int,
    line: c_int,
    file: *const c_char,
    code: *const c_char,
    text: [u8; 256],
}

/// Up to `alloc`: all of it that is used here.
#[repr(C)]
pub struct sg_host {
    size: usize,
    alloc: extern "C" fn(*const sg_host, usize) -> *mut c_void,
}

#[repr(C)]
pub struct sg_attest_in {
    size: usize,
    deadline: i64,
    pidfd: c_int,
    pid: i32,
    uid: u32,
}

#[repr(C)]
pub struct sg_fact {
    name: *const c_char,
    value: *const c_char,
    strength: c_int,
}

#[repr(C)]
pub struct sg_attest_out {
    size: usize,
    facts: *mut sg_fact,
    count: usize,
    room: usize,
}

#[repr(C)]
pub struct sg_attest_ops {
    size: usize,
    look: extern "C" fn(*mut c_void, *const sg_attest_in, *mut sg_attest_out, *mut sg_err) -> c_int,
}

#[repr(C)]
pub struct sg_module {
    size: usize,
    abi: u32,
    kind: c_int,
    name: *const c_char,
    options: *const c_void,
    configure: *const c_void,
    start: Option<extern "C" fn(*const sg_host, *const c_void, *mut *mut c_void, *mut sg_err) -> c_int>,
    stop: *const c_void,
    attest: *const sg_attest_ops,
    issue: *const c_void,
    verify: *const c_void,
    audit: *const c_void,
}

#[repr(C, align(4))]
pub struct sg_note {
    owner_size: u32,
    descriptor_size: u32,
    kind_of_note: u32,
    owner: [u8; 12],
    abi: u32,
    kind: u32,
    name: [u8; 32],
}

#[repr(C)]
struct pollfd {
    fd: c_int,
    events: i16,
    revents: i16,
}

extern "C" {
    fn poll(fds: *mut pollfd, count: std::ffi::c_ulong, timeout: c_int) -> c_int;
}

const POLLIN: i16 = 1;
const SG_ABI: u32 = 1;
const SG_KIND_attest: u32 = 1;
const SG_OK: c_int = 0;
const SG_REFUSED: c_int = -3;
const SG_NOMEM: c_int = -7;
const SG_FACT_BOUNDARY: c_int = 3;

const fn padded<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut out = [0u8; N];
    let mut i = 0;
    while i < text.len() {
        out[i] = text[i];
        i += 1;
    }
    out
}

#[used]
#[link_section = ".note.stepgate"]
static NOTE: sg_note = sg_note { owner_size: 9, descriptor_size: 40, kind_of_note: 0x53470001, owner: padded(b"stepgate"), abi: SG_ABI, kind: SG_KIND_attest, name: padded(b"user") };

fn refuse(err: *mut sg_err, status: c_int, code: &'static [u8]) -> c_int {
    unsafe {
        (*err).status = status;
        (*err).code = code.as_ptr() as *const c_char;
        (&mut (*err).text)[..code.len()].copy_from_slice(code);
    }
    status
}

extern "C" fn start(host: *const sg_host, _options: *const c_void, state: *mut *mut c_void, _err: *mut sg_err) -> c_int {
    unsafe { *state = host as *mut c_void };
    SG_OK
}

extern "C" fn look(state: *mut c_void, asked: *const sg_attest_in, out: *mut sg_attest_out, err: *mut sg_err) -> c_int {
    let host = state as *const sg_host;
    let word: &[u8] = if unsafe { (*asked).uid } < 1000 { b"system\0" } else { b"person\0" };
    let value = unsafe { ((*host).alloc)(host, word.len()) } as *mut u8;
    if value.is_null() {
        return refuse(err, SG_NOMEM, b"no_memory\0");
    }
    unsafe {
        std::ptr::copy_nonoverlapping(word.as_ptr(), value, word.len());
        let out = &mut *out;
        if out.count < out.room {
            *out.facts.add(out.count) = sg_fact { name: b"kind\0".as_ptr() as *const c_char, value: value as *const c_char, strength: SG_FACT_BOUNDARY };
        }
        out.count += 1;
    }
    let mut gone = pollfd { fd: unsafe { (*asked).pidfd }, events: POLLIN, revents: 0 };
    if unsafe { poll(&mut gone, 1, 0) } != 0 {
        return refuse(err, SG_REFUSED, b"peer_gone\0"); // at the end: what was read by number holds only if it still lives
    }
    SG_OK
}

static OPERATIONS: sg_attest_ops = sg_attest_ops { size: std::mem::size_of::<sg_attest_ops>(), look };

unsafe impl Sync for sg_module {}
unsafe impl Sync for sg_attest_ops {}

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static sg_module: sg_module = sg_module {
    size: std::mem::size_of::<sg_module>(),
    abi: SG_ABI,
    kind: SG_KIND_attest as c_int,
    name: b"user\0".as_ptr() as *const c_char,
    options: std::ptr::null(),
    configure: std::ptr::null(),
    start: Some(start),
    stop: std::ptr::null(),
    attest: &OPERATIONS,
    issue: std::ptr::null(),
    verify: std::ptr::null(),
    audit: std::ptr::null(),
};
