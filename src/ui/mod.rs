//! The screen: where the director looks, what keys do, and pure pictures of the stage.

pub mod desk;
pub mod keys;
pub mod linear;
pub mod player;
pub mod screens;
pub mod show;
pub mod terminal;
pub mod theme;
pub mod view;
