"""LiftWarden 梯安: lift safety supervision, from the found danger to the signed return."""
